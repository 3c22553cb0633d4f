"""Chinese of what is said of detectors, strata and regressions."""

from __future__ import annotations

SENTENCES = {
    # drivers
    "{#} of {#} rows are left out, as a value is missing or infinite: {}": (
        "{1} 行中有 {0} 行因存在缺失值或无穷值而未计入：{2}"
    ),
    "limits by {} are those of a random sample of {#} of {#} rows: the share of rows below a limit "
    "differs from that in the sample by {} of all rows at most, with 95% certainty; q is that of "
    "all rows by these limits": (
        "{} 的界限取自 {2} 行中随机抽取的 {1} 行：以 95% 的把握，低于各界限的行所占比例与样本相差"
        "不超过全部行的 {3}；q 为全部行按这些界限所得"
    ),
    "permutations are of a random sample of {#} of {#} rows, in which F is compared; p_error is "
    "the standard error by the number of draws": (
        "置换在 {1} 行中随机抽取的 {0} 行内进行，比较的是 F；p_error 为置换次数所致的标准误"
    ),
    "thin strata make q large by themselves (see expected_q): {}": (
        "样本过少的分层会使 q 偏大（参见 expected_q）：{}"
    ),
    "{}: {#} strata for {#} rows": "{}：{} 层对应 {} 行",
    "{}: {#} strata for {#} rows, {#} of one unit": "{}：{} 层对应 {} 行，其中 {} 层仅有一个单元",
    "{} parts of the map are regions by themselves: {}": "地图上 {} 个孤立部分自成一区：{}",
    "separate parts of the map were linked: {}": "地图上互不相连的部分已连接：{}",
    "{} units share a place with another: {}; neighbors are counted more than once. Fit each year "
    "by itself, or use gtwr for a panel": (
        "{} 个单元与其他单元位置重合：{}；邻居被重复计数。请逐年拟合，或对面板数据使用 gtwr"
    ),
    "backfitting stopped after {} rounds with a score of change of {}, above tol={}; raise "
    "max_iter": "后退拟合在 {} 轮后停止，变化分值 {} 仍高于 tol={}；请增大 max_iter",
    "Strata were chosen by looking at y, so that q is large in noise too: read it beside "
    "expected_q, and judge by p_search, which repeats the whole search for every permutation.": (
        "分层是参照 y 选取的，噪声的 q 也偏大：请与 expected_q 对照，"
        "并依据在每次置换中重复整个搜索的 p_search 判断。"
    ),
    "Strata were chosen by looking at y, so that q is large in noise too.": (
        "分层是参照 y 选取的，噪声的 q 也偏大。"
    ),
    "No cut was worth its cost in {}: q is 0.": "{} 没有值得的切分：q 为 0。",
    "The Shapley values sum to {}; the tree on all factors explains {}.": (
        "Shapley 值之和为 {}；全部因子的树的解释力为 {}。"
    ),
    "legacy=True leaves the empty set out, as gdverse does: the values do not sum to q of all "
    "factors. Use it only to compare with published tables.": (
        "legacy=True 与 gdverse 一样略去空集：各值之和不等于全部因子的 q。"
        "仅用于与已发表的表格对照。"
    ),
    "A Shapley value below 0: trees are greedy, so that a factor can take from what the others "
    "explain; spd counts its size all the same.": (
        "存在小于 0 的 Shapley 值：树是贪婪的，一个因子可能削弱其他因子的解释力；"
        "spd 仍按其绝对值计。"
    ),
    "Weights of pairs: {}. q is a mean of ratios psd_y / psd_x, and has no bound at 0 nor at 1.": (
        "单元对的权重：{}。q 为比值 psd_y / psd_x 的平均，不限于 0 与 1 之间。"
    ),
    "A plain permutation takes the spatial autocorrelation of y away, which spatial variance "
    "measures: it tests whether y is arranged at random. restrict='shift' keeps it.": (
        "普通置换会消除 y 的空间自相关，而空间方差正是度量它：检验的是 y 是否随机排列。"
        "restrict='shift' 则保留自相关。"
    ),
    "Weights of pairs: {}. {#} overlays were tried, their zones drawn from the means of y. A small "
    "phi makes q large, and the best of them is large in noise too; judge by p_search, which "
    "repeats all of it.": (
        "单元对的权重：{}。共尝试 {} 个叠加，其分区由 y 的均值生成。φ 小则 q 大，其中最优者在噪声中"
        "也偏大；请依据重复全部步骤的 p_search 判断。"
    ),
    "1/distance between all pairs, not standardized": "所有单元对的距离倒数，未标准化",
    "the graph's weights as they stand, not row-standardized": "所给权重原值，未行标准化",
    "q rises with the size of units by itself, as means even out what is local: a curve that "
    "flattens tells no scale at which a process lives, and no optimum is named. Compare with "
    "null_95.": (
        "q 会随单元增大而自然上升，因均值抹平了局部差异：曲线变平并不说明过程所处的尺度，"
        "故不指定最优尺度。请与 null_95 对照。"
    ),
    "Left out, as too few cells remain: {}.": "因剩余方格过少而略去：{}。",
    "{}: bandwidth on the lower bound {}; the best may be smaller, or the units are too few for "
    "so local a coefficient (see min_bandwidth)": (
        "{}：带宽位于下限 {}；最优带宽可能更小，或单元过少，不足以估计如此局部的系数"
        "（参见 min_bandwidth）"
    ),
    "the units have no effect of their own beyond chance (rho is 0): tobit with cov='cluster' "
    "says the same": "各单元没有超出偶然的个体效应（rho 为 0）：tobit 加 cov='cluster' 结果相同",
    "twice as many nodes move the log-likelihood by {}: take more than n_nodes={}": (
        "节点数加倍使对数似然变动 {}：请取大于 n_nodes={} 的节点数"
    ),
    "no value of y lies at lower={} or upper={}: nothing is censored, and the estimate is that of "
    "least squares. Values end at {} and {}: is one of these the limit?": (
        "y 没有取 lower={} 或 upper={} 的值：无归并，估计即为最小二乘。取值范围为 {} 至 {}："
        "界限是否在其中之一？"
    ),
    "stochastic inference did not settle in {} rounds: standard errors are rough; the covariates' "
    "surfaces are all but confounded, raise min_bandwidth": (
        "随机推断在 {} 轮内未收敛：标准误较粗略；各自变量的曲面几乎混同，请增大 min_bandwidth"
    ),
    "the backfitting of random responses did not settle: what rests on them is rough; the "
    "covariates' surfaces are all but confounded, raise min_bandwidth": (
        "随机响应的后退拟合未收敛，以其为据的结果较粗略；各自变量的曲面几乎混同，"
        "请增大 min_bandwidth"
    ),
    # regressions
    "Standard errors are clustered in {#} clusters as by Stata's vce(cluster): factor G/(G-1) "
    "(n-1)/(n-k), t with {#} degrees of freedom.": (
        "标准误按 {} 个聚类计算，同 Stata 的 vce(cluster)：系数 G/(G-1) (n-1)/(n-k)，"
        "t 检验自由度为 {}。"
    ),
    "Standard errors are clustered in {#} clusters as by Stata's vce(cluster): factor G/(G-1), "
    "z.": ("标准误按 {} 个聚类计算，同 Stata 的 vce(cluster)：系数 G/(G-1)，z 检验。"),
    "Standard errors are clustered in {#} clusters and bias-reduced (CR2, Bell and McCaffrey), t "
    "with the degrees of freedom of Satterthwaite.": (
        "标准误按 {} 个聚类计算并作偏差修正（CR2，Bell 与 McCaffrey），"
        "t 检验用 Satterthwaite 自由度。"
    ),
    "{#} clusters are few: the test of a coefficient can reject up to twice as often as its level "
    "says; cov='cr2' does not.": (
        "{} 个聚类偏少：系数检验的实际拒绝率可达名义水平的两倍；cov='cr2' 则不会。"
    ),
    "{#} clusters are few: the test of a coefficient rejects more often than its level says.": (
        "{} 个聚类偏少：系数检验的实际拒绝率高于名义水平。"
    ),
    "Units have {#} to {#} times: the variances are Swamy and Arora's with the harmonic mean of "
    "these numbers, as by Stata's xtreg, re; plm, and the option sa of Stata, weight units by "
    "their times (Baltagi and Chang) and differ.": (
        "各单元有 {} 至 {} 期：方差分量按 Swamy-Arora 法，期数取调和平均，同 Stata 的 xtreg, re；"
        "plm 与 Stata 的 sa 选项按期数加权（Baltagi-Chang），结果不同。"
    ),
    "All slopes at once have no test (f): they are too many for the clusters.": (
        "全部斜率的联合检验（f）不存在：斜率个数超出聚类数所能支持。"
    ),
    "Mundlak's test is missing: no covariate varies both between units and within them, or units "
    "are too few for the means of as many covariates.": (
        "Mundlak 检验缺失：没有协变量同时在单元间与单元内变化，或单元数少于所需的均值个数。"
    ),
    # learning
    "r2 is {} in sample, {} in random folds and {} in regions held out: only the last says how it "
    "does in new places.": (
        "R² 在样本内为 {}，随机分折为 {}，整区留出为 {}：只有最后一项说明在新地点的表现。"
    ),
    "In regions held out it predicts no better than their mean: read neither SHAP values nor "
    "importance as findings.": "在留出区域的预测不优于均值：SHAP 值与重要性均不可作为结论。",
    "Effects part the prediction of the model, not the world; see tree_ensemble for how the model "
    "does in regions it has not seen.": (
        "效应分解的是模型的预测而非真实世界；模型在未见区域的表现见 tree_ensemble。"
    ),
    "Intervals: {}% of {#} ensembles fitted to units drawn anew. They hold how much the effects "
    "move from sample to sample, not the bias of trees, which draw large effects towards 0.": (
        "区间：{}%，由 {} 个对重抽单元拟合的集成得出；反映效应随样本的变动，"
        "不含树模型把大效应拉向 0 的偏差。"
    ),
    "r2_random predicts rows from their neighbors; r2 predicts regions that were not seen. A "
    "difference of a few regions' errors is chance: look at by_region.": (
        "r2_random 由邻近样本预测，r2 预测未见过的区域；少数区域的误差差异属偶然，请看 by_region。"
    ),
    "No prediction: {}.": "无法预测：{}。",
    "A threshold is where the accumulated local effect passes its mean, not where a law changes; "
    "any smooth curve has one, and noise many: read those that are clear.": (
        "门槛是累积局部效应越过其均值之处，并非规律改变之处；任何平滑曲线都有，噪声更多："
        "只读 clear 者。"
    ),
    "Bands: {}% of {#} ensembles fitted to units drawn anew.": (
        "带：{}%，由 {} 个对重抽单元拟合的集成得出。"
    ),
    # strata
    "whole numbers of few distinct values were cut into fewer strata: {}; if they are codes of "
    "classes, such as soil types, name them: categorical={}": (
        "取值较少的整数被切成更少的分层：{}；若为类别编码（如土壤类型），请指定 categorical={}"
    ),
    "whole numbers of few distinct values are compared as amounts: {}; if they are codes of "
    "classes, such as soil types, their differences mean nothing: leave them out, or give a "
    "column of 0 and 1 for each class": (
        "取值较少的整数被当作数量比较：{}；若为类别编码（如土壤类型），其差值没有意义："
        "请剔除，或改为每类一列的 0/1 变量"
    ),
    "{} ({} into {})": "{}（{} 个取值切成 {} 层）",
}
