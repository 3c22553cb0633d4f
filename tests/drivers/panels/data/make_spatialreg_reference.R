# Writes panel25.csv and spatialreg.csv: what R's spatialreg, spdep and plm give for a made panel.
#   Rscript make_spatialreg_reference.R        (Debian: r-cran-spatialreg r-cran-spdep r-cran-plm)
# 25 units on a grid (rook), 4 times, rows by unit and then time. splm is not in Debian: panels
# with effects are spatialreg on demeaned data with I_T (x) W, which is the direct approach.
suppressMessages({library(spdep); library(spatialreg); library(plm)})
n <- 25; T <- 4
unit <- rep(1:n, each = T); time <- rep(1:T, n)
k <- seq_len(n * T)
wave <- function(a, b) { v <- sin(a * k + b) * 43758.5453; 2 * (v - floor(v)) - 1 }
x <- wave(12.9898, 1); z <- wave(78.233, 2); e <- wave(39.425, 3)
W1 <- nb2mat(cell2nb(5, 5, type = "rook"), style = "W")
mean1 <- 1.2 * x - 0.7 * z + sin(unit) + cos(time) + e
y <- numeric(n * T)
for (t in 1:T) y[time == t] <- solve(diag(n) - 0.45 * W1, mean1[time == t])
panel <- data.frame(unit, time, x, z, y)
write.csv(format(panel, digits = 17, trim = TRUE), "panel25.csv", row.names = FALSE, quote = FALSE)
panel <- read.csv("panel25.csv")

out <- data.frame()
note <- function(case, names, values)
  out <<- rbind(out, data.frame(case = case, name = names, value = as.numeric(values)))
one <- panel[panel$time == 1, ]
lw <- nb2listw(cell2nb(5, 5, type = "rook"), style = "W")
fine <- list(tol.opt = 1e-14)
f <- y ~ x + z
fits <- list(
  sar = lagsarlm(f, one, lw, tol.solve = 1e-20, control = fine),
  sem = errorsarlm(f, one, lw, tol.solve = 1e-20, control = fine),
  sdm = lagsarlm(f, one, lw, Durbin = TRUE, tol.solve = 1e-20, control = fine),
  sdem = errorsarlm(f, one, lw, Durbin = TRUE, tol.solve = 1e-20, control = fine))
keep <- function(case, m) {
  note(case, names(m$coefficients), m$coefficients)
  note(case, paste0("se ", names(m$coefficients)), m$rest.se)
  if (!is.null(m$rho)) note(case, c("rho", "se rho"), c(m$rho, m$rho.se))
  if (!is.null(m$lambda)) note(case, c("lambda", "se lambda"), c(m$lambda, m$lambda.se))
  note(case, c("sigma2", "log_likelihood"), c(m$s2, as.numeric(logLik(m))))
}
for (name in names(fits)) keep(paste0("cross-section/", name), fits[[name]])
for (name in c("sar", "sdm")) {
  e <- impacts(fits[[name]], listw = lw)
  for (kind in c("direct", "indirect", "total"))
    note(paste0("cross-section/", name), paste0(c("x ", "z "), kind), e[[kind]])
}
lm1 <- lm(f, one)
tests <- suppressWarnings(lm.LMtests(lm1, lw, test = "all"))
for (name in names(tests)) note("cross-section/tests", name, tests[[name]]$statistic)

by_time <- panel[order(panel$time, panel$unit), ]
two_way <- function(v) v - ave(v, by_time$unit) - ave(v, by_time$time) + mean(v)
swept <- data.frame(y = two_way(by_time$y), x = two_way(by_time$x), z = two_way(by_time$z))
big <- mat2listw(kronecker(diag(T), W1), style = "W")
keep("two-way/sar", lagsarlm(y ~ x + z - 1, swept, big, tol.solve = 1e-20, control = fine))
keep("two-way/sem", errorsarlm(y ~ x + z - 1, swept, big, tol.solve = 1e-20, control = fine))
cd <- pcdtest(y ~ x + z, data = panel, index = c("unit", "time"), model = "within", test = "cd")
note("unit/tests", "pesaran_cd", cd$statistic)
out$value <- format(out$value, digits = 15, trim = TRUE)
write.csv(out, "spatialreg.csv", row.names = FALSE, quote = FALSE)
