# Make elect80.csv from the data set elect80 of the R package spData.
#
#     Rscript examples/us_counties/data/make.R
#
# The table is taken off the point layer as it is, so the package sp is not needed.
store <- system.file("data", "Rdata.rdb", package = "spData")
data <- new.env()
lazyLoad(sub("\\.rdb$", "", store), envir = data, filter = function(name) name == "elect80")
table <- attr(suppressWarnings(data$elect80), "data")
names(table)[1] <- "fips"
table$fips <- as.character(table$fips)
stopifnot(nrow(table) == 3107, all(nchar(table$fips) == 5), !anyDuplicated(table$fips))
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
target <- file.path(dirname(script), "elect80.csv")
write.csv(table[order(table$fips), ], target, row.names = FALSE, quote = FALSE, eol = "\n")
