"""The compiled loops over (focal place, neighbor) pairs; nothing else is compiled.

Every loop runs over rows of neighbors sorted by distance, ``order`` (m, n) and
``d2`` (m, n) squared distances, from ``start`` to ``stop``. They hold no lock:
``Neighbors`` deals the rows out to threads.

Weights by ``kind``: 0 bisquare, 1 Gaussian, 2 exponential; see `Neighbors`.
"""

from __future__ import annotations

import numpy as np

from spatialccd._compiled import announce
from spatialccd._jit import compiled

BISQUARE, GAUSSIAN, EXPONENTIAL = 0, 1, 2

#: Adding in another order lets the compiler use vector registers; NaN stays NaN.
_FAST = {"reassoc", "contract", "nsz"}
#: A pivot this much smaller than its diagonal means a linear dependence.
_SINGULAR = 1e-12


@compiled(nogil=True, error_model="numpy")
def unpack(keys, mask, distances, order, d2):  # type: ignore[no-untyped-def]
    """Write sorted rows out of sorted keys, whose bits under `mask` number the observations.

    The other bits are those of the squared distance but for its last digits: neighbors
    that differ in these alone still change places here.
    """
    m, n = keys.shape
    for i in range(m):
        for q in range(n):
            j = keys[i, q] & mask
            d = distances[i, j]
            place = q
            while place > 0 and d2[i, place - 1] > d:
                order[i, place], d2[i, place] = order[i, place - 1], d2[i, place - 1]
                place -= 1
            order[i, place], d2[i, place] = j, d


@compiled(nogil=True, error_model="numpy")
def support(start, stop, d2, points, kind, fixed, eps, counts, inverse):  # type: ignore[no-untyped-def]
    """Write how many neighbors each bandwidth reaches, (m, P), and 1/h^2, (m, P).

    An adaptive bandwidth b reaches every neighbor nearer than h = eps times the
    distance to the b-th, ties with it included; where fewer are at a finite distance,
    to the farthest of them. h = 0 reaches none.
    """
    for i in range(start, stop):
        seen = np.searchsorted(d2[i], np.inf)
        for p in range(points.size):
            if seen == 0:
                h2 = 0.0
            elif fixed:
                h2 = points[p] * points[p]
                last = 0
            else:
                last = int(min(points[p], seen))
                h2 = d2[i, last - 1] * eps * eps
            if h2 <= 0.0:
                counts[i, p] = 0
                inverse[i, p] = 0.0
                continue
            inverse[i, p] = 1.0 / h2
            if kind != BISQUARE:
                counts[i, p] = seen
            elif fixed:
                counts[i, p] = np.searchsorted(d2[i], h2)
            else:
                while last < seen and d2[i, last] < h2:
                    last += 1
                counts[i, p] = last


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def weighted_sums(start, stop, order, d2, counts, inverse, values, upto, kind, out):  # type: ignore[no-untyped-def]
    """Write sum_j w_ij v_j for each of c vectors, bandwidth and focal place, (c, P, m).

    The bisquare weight is a polynomial in d^2: 1 - 2 d^2/h^2 + d^4/h^4. Three
    running sums over the sorted row therefore serve every bandwidth, which
    must come in ascending order. The first vector is summed at all of them, the
    others at the first `upto`.
    """
    near = np.empty(order.shape[1])
    for i in range(start, stop):
        for c in range(values.shape[0]):
            points = counts.shape[1] if c == 0 else upto
            # The gather stands apart: the loops below then run on vector registers.
            for q in range(counts[i, points - 1]):
                near[q] = values[c, order[i, q]]
            if kind == BISQUARE:
                s0, s1, s2, first = 0.0, 0.0, 0.0, 0
                for p in range(points):
                    far = d2[i, first : counts[i, p]]
                    v = near[first : counts[i, p]]
                    for q in range(far.size):
                        vd = v[q] * far[q]
                        s0 += v[q]
                        s1 += vd
                        s2 += vd * far[q]
                    first = counts[i, p]
                    out[c, p, i] = s0 - inverse[i, p] * (2.0 * s1 - inverse[i, p] * s2)
            else:
                for p in range(points):
                    total = 0.0
                    for q in range(counts[i, p]):
                        total += near[q] * _smooth_weight(d2[i, q] * inverse[i, p], kind)
                    out[c, p, i] = total


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def dense_weights(start, stop, order, d2, counts, inverse, kind, first, out):  # type: ignore[no-untyped-def]
    """Write weights in the order of the places, (m, n); row i of `out` is focal place first + i."""
    for i in range(start, stop):
        row = out[i]
        row[:] = 0.0
        at = first + i
        t = inverse[at, 0]
        for q in range(counts[at, 0]):
            if kind == BISQUARE:
                row[order[at, q]] = (1.0 - d2[at, q] * t) ** 2
            else:
                row[order[at, q]] = _smooth_weight(d2[at, q] * t, kind)


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def product_weights(start, stop, spatial, temporal, place, time, first, out):  # type: ignore[no-untyped-def]
    """Write weights that are products, (m, n); row i of `out` is focal observation first + i."""
    for i in range(start, stop):
        row = out[i]
        near, when = spatial[place[first + i]], temporal[time[first + i]]
        for j in range(place.size):
            row[j] = near[place[j]] * when[time[j]]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def shifted_smoother(weights, x):  # type: ignore[no-untyped-def]
    """Turn weights into I - A + x v' in place, A the smoother of x and v = x / x'x; see `infer`."""
    n = x.size
    v = x / (x * x).sum()
    for i in range(n):
        row = weights[i]
        total = 0.0
        for j in range(n):
            row[j] *= x[j]
            total += row[j] * x[j]
        share = x[i] / total
        for j in range(n):
            row[j] = x[i] * v[j] - share * row[j]
        row[i] += 1.0


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def sparse_product(starts, columns, entries, M, out):  # type: ignore[no-untyped-def]
    """Write A M, for a sparse A (its rows one after another, as CSR) and a narrow M (n, w)."""
    for i in range(starts.size - 1):
        out[i] = 0.0
        a, b = starts[i], starts[i + 1]
        _add_products(entries[a:b], M, columns[a:b], b - a, out[i])


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def take_projection(R, x, c, rest, norms):  # type: ignore[no-untyped-def]
    """Add x c' to R, take R from `rest`, and write the squared norms of R's rows."""
    n = x.size
    for i in range(n):
        total = 0.0
        for j in range(n):
            r = R[i, j] + x[i] * c[j]
            R[i, j] = r
            rest[i, j] -= r
            total += r * r
        norms[i] = total


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def whole_curve(start, stop, order, d2, x, y, eps, first, sums):  # type: ignore[no-untyped-def]
    """Add up RSS, trace and leave-one-out sums of an adaptive bisquare smoother for every b.

    Row i belongs to observation first + i.

    Parameters
    ----------
    sums : (4, n)
        At b - 1: sum of squared residuals of y on x (no constant), sum of
        leverages, sum of squared leave-one-out residuals, and how many places
        have no estimate.
    """
    # With t = 1/h^2, s0 - t (2 s1 - t s2) times h^4: what is divided then is divided once.
    n = order.shape[1]
    xx, xy = x * x, x * y
    num, den, area = np.empty(n), np.empty(n), np.empty(n)
    for i in range(start, stop):
        n0, n1, n2, s0, s1, s2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        seen = np.searchsorted(d2[i], np.inf)
        for q in range(seen):
            j, d = order[i, q], d2[i, q]
            n0 += xy[j]
            n1 += xy[j] * d
            n2 += xy[j] * d * d
            s0 += xx[j]
            s1 += xx[j] * d
            s2 += xx[j] * d * d
            h2 = d * eps * eps
            num[q] = (n0 * h2 - 2.0 * n1) * h2 + n2
            den[q] = (s0 * h2 - 2.0 * s1) * h2 + s2
            area[q] = h2 * h2
        nearest = 0  # h = 0 reaches nobody
        while nearest < seen and d2[i, nearest] <= 0.0:
            den[nearest] = 0.0
            nearest += 1
        for q in range(seen, n):  # who sees fewer takes all of them
            num[q], den[q], area[q] = num[seen - 1], den[seen - 1], area[seen - 1]
        for q in range(seen - 2, -1, -1):  # ties count as the last of them
            if d2[i, q + 1] < d2[i, q] * eps * eps:
                num[q], den[q], area[q] = num[q + 1], den[q + 1], area[q + 1]
        own_x, own_y = x[first + i], y[first + i]
        for q in range(n):
            estimated = den[q] > 0.0
            share = own_x / den[q] if estimated else 0.0
            residual = own_y - share * num[q]
            leverage = own_x * area[q] * share
            left = residual / (1.0 - leverage)
            sums[0, q] += residual * residual
            sums[1, q] += leverage
            sums[2, q] += left * left
            sums[3, q] += 0.0 if estimated else 1.0


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def local_curve(start, stop, order, d2, products, k, X, y, eps, first, points, sums):  # type: ignore[no-untyped-def]
    """Add up RSS, trace and leave-one-out sums of an adaptive bisquare GWR at many bandwidths.

    Three running sums of the products over the sorted row serve every bandwidth, as
    in `weighted_sums`. Row i belongs to observation first + i.

    Parameters
    ----------
    products : (n, k (k + 1) / 2 + k)
        As in `local_systems`.
    X : (n, k)
    points : (P,)
        Ascending bandwidths.
    sums : (4, P)
        As in `whole_curve`.
    """
    width = products.shape[1]
    cross = k * (k + 1) // 2
    s0, s1, s2, normal = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    root = np.empty((k, k))
    rhs, own = np.empty(k), np.empty(k)
    for i in range(start, stop):
        s0[:] = 0.0
        s1[:] = 0.0
        s2[:] = 0.0
        at = first + i
        done = 0
        seen = np.searchsorted(d2[i], np.inf)
        for q in range(seen):
            d = d2[i, q]
            z = products[order[i, q]]
            for a in range(width):
                zd = z[a] * d
                s0[a] += z[a]
                s1[a] += zd
                s2[a] += zd * d
            h2 = d * eps * eps
            # Ties count as the last of them; those before wait with their bandwidths.
            if q + 1 < seen and (points[done] > q + 1 or d2[i, q + 1] < h2):
                continue
            bad = 0
            if h2 > 0.0:
                t = 1.0 / h2
                for a in range(width):
                    normal[a] = s0[a] - t * (2.0 * s1[a] - t * s2[a])
                bad = _cholesky(normal, root, k)
            residual, leverage = 0.0, 0.0
            if bad < 0:
                for a in range(k):
                    rhs[a] = normal[cross + a]
                    own[a] = X[at, a]
                _solve(root, rhs, k)
                _solve(root, own, k)
                residual = y[at]
                for a in range(k):
                    residual -= X[at, a] * rhs[a]
                    leverage += X[at, a] * own[a]
            left = residual / (1.0 - leverage)
            while done < points.size and (points[done] <= q + 1 or q + 1 == seen):
                sums[0, done] += residual * residual
                sums[1, done] += leverage
                sums[2, done] += left * left
                sums[3, done] += 1.0 if bad >= 0 else 0.0
                done += 1
            if done == points.size:
                break


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def local_systems(  # type: ignore[no-untyped-def]
    start,
    stop,
    order,
    d2,
    counts,
    inverse,
    products,
    k,
    focal,
    kind,
    full,
    beta,
    leverage,
    variance,
    spread,
    dependent,
):
    """Solve (X' W_i X) beta_i = X' W_i y at every focal place, and write what follows.

    Parameters
    ----------
    products : (n, k (k + 1) / 2 + k)
        For each observation the products x_a x_b (a >= b) and then x_a y.
    focal : (m, k)
        Covariates at the focal places.
    full : bool
        Also X' W^2 X, for the variances.
    beta : (m, k)
    leverage : (m, k)
        Focal x_a times row a of (X'WX)^-1 x_i; sums to the leverage when the
        focal place is an observation.
    variance : (m, k)
        Diagonal of C C', C = (X'WX)^-1 X'W; zeros unless `full`.
    spread : (m,)
        x_i' C C' x_i; starts at zeros.
    dependent : (m,)
        The column that depends on earlier ones at this place, or -1.
    """
    width = products.shape[1]
    cross = k * (k + 1) // 2
    sums = np.empty(width)
    squares = np.empty(cross)
    weights = np.empty(order.shape[1])
    root = np.empty((k, k))
    rhs = np.empty(k)
    solved = np.empty((k, k))
    for i in range(start, stop):
        sums[:] = 0.0
        squares[:] = 0.0
        t = inverse[i, 0]
        reached = counts[i, 0]
        for q in range(reached):
            if kind == BISQUARE:
                weights[q] = (1.0 - d2[i, q] * t) ** 2
            else:
                weights[q] = _smooth_weight(d2[i, q] * t, kind)
        _add_products(weights, products, order[i], reached, sums)
        if full:
            for q in range(reached):
                weights[q] *= weights[q]
            _add_products(weights, products, order[i], reached, squares)
        bad = _cholesky(sums, root, k)
        if bad >= 0:
            dependent[i] = bad
            continue
        for a in range(k):
            rhs[a] = sums[cross + a]
        _solve(root, rhs, k)
        beta[i] = rhs
        rhs[:] = focal[i]
        _solve(root, rhs, k)
        leverage[i] = rhs * focal[i]
        if full:
            _sandwich(root, squares, solved, k)
            for a in range(k):
                variance[i, a] = solved[a, a]
                for b in range(k):
                    spread[i] += focal[i, a] * focal[i, b] * solved[a, b]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def smooth_many(start, stop, visits, order, d2, counts, inverse, values, kind, out):  # type: ignore[no-untyped-def]
    """Write weighted sums of many columns at once: out_i = sum_j w_ij values_j.

    Single precision: it serves random probes, whose own error is far larger.
    Places are visited so that one after another shares most of its neighbors,
    whose values then come from the nearest cache.
    """
    width = values.shape[1]
    for i in visits[start:stop]:
        sums = out[i]
        sums[:] = 0.0
        t = inverse[i, 0]
        for q in range(counts[i, 0]):
            if kind == BISQUARE:
                w = np.float32((1.0 - d2[i, q] * t) ** 2)
            else:
                w = np.float32(_smooth_weight(d2[i, q] * t, kind))
            v = values[order[i, q]]
            for a in range(width):
                sums[a] += w * v[a]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def _add_products(weights, products, order, reached, sums):  # type: ignore[no-untyped-def]
    """Add weighted rows of products to sums, four at a time to load each sum less often."""
    q = 0
    while q + 4 <= reached:
        w0, w1, w2, w3 = weights[q], weights[q + 1], weights[q + 2], weights[q + 3]
        z0, z1 = products[order[q]], products[order[q + 1]]
        z2, z3 = products[order[q + 2]], products[order[q + 3]]
        for a in range(sums.size):
            sums[a] += (w0 * z0[a] + w1 * z1[a]) + (w2 * z2[a] + w3 * z3[a])
        q += 4
    while q < reached:
        z0 = products[order[q]]
        for a in range(sums.size):
            sums[a] += weights[q] * z0[a]
        q += 1


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def fit_points(numerator, shares, x, y, crossed, beta, rss, left_out):  # type: ignore[no-untyped-def]
    """Write coefficients (P, n) of one covariate at P bandwidths, and sum squared residuals (P,).

    If `crossed`, `left_out` gets the sum of squared leave-one-out residuals.
    """
    points, n = numerator.shape
    for p in range(points):
        total = 0.0
        for i in range(n):
            b = numerator[p, i] * shares[p, i]
            residual = y[i] - x[i] * b
            beta[p, i] = b
            total += residual * residual
        rss[p] = total
        if crossed:
            total = 0.0
            for i in range(n):
                left = (y[i] - x[i] * beta[p, i]) / (1.0 - x[i] * x[i] * shares[p, i])
                total += left * left
            left_out[p] = total


@compiled(nogil=True, error_model="numpy", fastmath=_FAST, inline="always")
def _smooth_weight(ratio, kind):  # type: ignore[no-untyped-def]
    """Weight at (d/h)^2 = ratio of a kernel that never ends."""
    return np.exp(-0.5 * ratio) if kind == GAUSSIAN else np.exp(-np.sqrt(ratio))


@compiled(nogil=True, error_model="numpy")
def _cholesky(packed, root, k):  # type: ignore[no-untyped-def]
    """Factor a packed symmetric matrix; give the first dependent column or -1.

    The diagonal of `root` is written as its reciprocal: to divide takes ten times as long.
    """
    for a in range(k):
        for b in range(a + 1):
            total = packed[a * (a + 1) // 2 + b]
            for c in range(b):
                total -= root[a, c] * root[b, c]
            if a == b:
                if not total > _SINGULAR * packed[a * (a + 1) // 2 + a]:
                    return a
                root[a, a] = 1.0 / np.sqrt(total)
            else:
                root[a, b] = total * root[b, b]
    return -1


@compiled(nogil=True, error_model="numpy")
def _solve(root, v, k):  # type: ignore[no-untyped-def]
    """Solve root root' v = v in place, root as `_cholesky` has it."""
    for a in range(k):
        for c in range(a):
            v[a] -= root[a, c] * v[c]
        v[a] *= root[a, a]
    for a in range(k - 1, -1, -1):
        for c in range(a + 1, k):
            v[a] -= root[c, a] * v[c]
        v[a] *= root[a, a]


@compiled(nogil=True, error_model="numpy")
def _sandwich(root, packed, out, k):  # type: ignore[no-untyped-def]
    """Write M^-1 S M^-1 into out, M = root root', S packed symmetric."""
    for a in range(k):
        for b in range(k):
            low, high = min(a, b), max(a, b)
            out[a, b] = packed[high * (high + 1) // 2 + low]
    for a in range(k):
        _solve(root, out[a], k)
    for a in range(k):
        for b in range(a):
            out[a, b], out[b, a] = out[b, a], out[a, b]
    for a in range(k):
        _solve(root, out[a], k)


announce(__name__, "the loops of local regressions")
