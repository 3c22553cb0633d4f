# The public names, in the order of a study. `__init__.py` loads them on first
# use and `catalog` lists the functions among them as tools, from this file.

__version__: str

# every error and warning: sc.errors.SpatialCCDError
from . import errors as errors

# data: from files to a panel and its areas on one index
from .data.panel import read_panel as read_panel
from .data.missing import FilledPanel as FilledPanel
from .data.missing import fill_missing as fill_missing
from .data.boundaries import read_boundaries as read_boundaries
from .data.join import Joined as Joined
from .data.join import JoinReport as JoinReport
from .data.join import join as join

# index: from indicators to the score of a subsystem
from .index.scaling import Scaled as Scaled
from .index.scaling import scale as scale
from .index.weights import Weights as Weights
from .index.weights import entropy_weights as entropy_weights
from .index.weights import equal_weights as equal_weights
from .index.weights import critic_weights as critic_weights
from .index.weights import cv_weights as cv_weights
from .index.components import PCAWeights as PCAWeights
from .index.components import pca_weights as pca_weights
from .index.projection import ProjectionWeights as ProjectionWeights
from .index.projection import projection_pursuit_weights as projection_pursuit_weights
from .index.composite import CompositeIndex as CompositeIndex
from .index.judgement import AHPWeights as AHPWeights
from .index.judgement import CombinedWeights as CombinedWeights
from .index.judgement import ahp_weights as ahp_weights
from .index.judgement import combine_weights as combine_weights
from .index.composite import composite_index as composite_index
from .index.ranking import Ranking as Ranking
from .index.topsis import topsis as topsis
from .index.topsis import gra_topsis as gra_topsis
from .index.vikor import vikor as vikor
from .index.comparison import RankComparison as RankComparison
from .index.comparison import rank_comparison as rank_comparison
from .index.grey import GreyRelation as GreyRelation
from .index.grey import grey_relation as grey_relation
from .index.robustness import RankSensitivity as RankSensitivity
from .index.robustness import WeightStability as WeightStability
from .index.robustness import rank_sensitivity as rank_sensitivity
from .index.robustness import weight_stability as weight_stability

# coupling: how far the scores rise together
from .coupling.degree import CoordinationGrades as CoordinationGrades
from .coupling.degree import CouplingCoordination as CouplingCoordination
from .coupling.degree import coordination_grades as coordination_grades
from .coupling.degree import coupling_coordination as coupling_coordination
from .coupling.variants import VariantComparison as VariantComparison
from .coupling.variants import compare_variants as compare_variants
from .coupling.development import RelativeDevelopment as RelativeDevelopment
from .coupling.development import ScissorsDifference as ScissorsDifference
from .coupling.development import relative_development as relative_development
from .coupling.development import scissors_difference as scissors_difference
from .coupling.typology import CoordinationTypes as CoordinationTypes
from .coupling.typology import coordination_types as coordination_types
from .coupling.metacoupling import Metacoupling as Metacoupling
from .coupling.metacoupling import metacoupling as metacoupling
from .coupling.grey import GreyCoupling as GreyCoupling
from .coupling.grey import grey_coupling as grey_coupling
from .coupling.decoupling import Decoupling as Decoupling
from .coupling.decoupling import decoupling as decoupling
from .coupling.mismatch import Mismatch as Mismatch
from .coupling.mismatch import mismatch_index as mismatch_index
from .coupling.obstacles import ObstacleDegree as ObstacleDegree
from .coupling.obstacles import obstacle_degree as obstacle_degree
from .coupling.uncertainty import CoordinationInterval as CoordinationInterval
from .coupling.uncertainty import bootstrap_coordination as bootstrap_coordination
from .coupling.forecast import Forecast as Forecast
from .coupling.forecast import forecast_gm11 as forecast_gm11

# dynamics: how a value spreads, narrows and moves over the years
from .dynamics.groups import GroupSummary as GroupSummary
from .dynamics.groups import group_summary as group_summary
from .dynamics.inequality import DagumGini as DagumGini
from .dynamics.inequality import dagum_gini as dagum_gini
from .dynamics.density import KernelDensity as KernelDensity
from .dynamics.density import kernel_density as kernel_density
from .dynamics.theil import Theil as Theil
from .dynamics.theil import theil as theil
from .dynamics.convergence import Variation as Variation
from .dynamics.convergence import SigmaConvergence as SigmaConvergence
from .dynamics.convergence import variation as variation
from .dynamics.convergence import sigma_convergence as sigma_convergence
from .dynamics.catchup import BetaConvergence as BetaConvergence
from .dynamics.catchup import beta_convergence as beta_convergence
from .dynamics.transitions import Markov as Markov
from .dynamics.transitions import markov as markov
from .dynamics.centers import MeanCenter as MeanCenter
from .dynamics.centers import DeviationalEllipse as DeviationalEllipse
from .dynamics.centers import mean_center as mean_center
from .dynamics.centers import standard_deviational_ellipse as standard_deviational_ellipse

# efficiency: what is made of what is put in
from .efficiency.envelopment import DEA as DEA
from .efficiency.envelopment import dea as dea
from .efficiency.directional import DirectionalDistance as DirectionalDistance
from .efficiency.directional import directional_distance as directional_distance
from .efficiency.malmquist import Malmquist as Malmquist
from .efficiency.malmquist import malmquist as malmquist
from .efficiency.heterogeneity import GroupHeterogeneity as GroupHeterogeneity
from .efficiency.heterogeneity import group_heterogeneity as group_heterogeneity

# association: whether near places are alike
from .association.neighbors import Neighbors as Neighbors
from .association.neighbors import neighbors as neighbors
from .dynamics.transitions import SpatialMarkov as SpatialMarkov
from .dynamics.transitions import spatial_markov as spatial_markov
from .association.moran import GlobalMoran as GlobalMoran
from .association.moran import LocalMoran as LocalMoran
from .association.moran import global_moran as global_moran
from .association.moran import local_moran as local_moran
from .association.economic import combine_neighbors as combine_neighbors
from .association.economic import economic_neighbors as economic_neighbors
from .association.bivariate import BivariateMoran as BivariateMoran
from .association.bivariate import bivariate_moran as bivariate_moran
from .association.bivariate import local_bivariate_moran as local_bivariate_moran
from .association.lee import LeeL as LeeL
from .association.lee import lee_l as lee_l
from .association.geary import GlobalGeary as GlobalGeary
from .association.geary import LocalGeary as LocalGeary
from .association.geary import global_geary as global_geary
from .association.geary import local_geary as local_geary
from .association.hotspots import GlobalGetisOrd as GlobalGetisOrd
from .association.hotspots import LocalGetisOrd as LocalGetisOrd
from .association.hotspots import global_getis_ord as global_getis_ord
from .association.hotspots import local_getis_ord as local_getis_ord
from .association.joincount import JoinCounts as JoinCounts
from .association.joincount import join_counts as join_counts
from .association.scatterplot import MoranScatterplot as MoranScatterplot
from .association.scatterplot import moran_scatterplot as moran_scatterplot
from .association.lisa_dynamics import LisaPaths as LisaPaths
from .association.lisa_dynamics import LisaTransitions as LisaTransitions
from .association.lisa_dynamics import lisa_paths as lisa_paths
from .association.lisa_dynamics import lisa_transitions as lisa_transitions

# drivers: what explains a value, and where
from .drivers.strata import Strata as Strata
from .drivers.strata import stratify as stratify
from .drivers.spatial_strata import spatial_strata as spatial_strata
from .drivers.geodetector.optimal_strata import OptimalStrata as OptimalStrata
from .drivers.geodetector.optimal_strata import optimal_strata as optimal_strata
from .drivers.geodetector.factor import FactorDetector as FactorDetector
from .drivers.geodetector.factor import factor_detector as factor_detector
from .drivers.geodetector.interaction import InteractionDetector as InteractionDetector
from .drivers.geodetector.interaction import interaction_detector as interaction_detector
from .drivers.geodetector.risk import RiskDetector as RiskDetector
from .drivers.geodetector.risk import risk_detector as risk_detector
from .drivers.geodetector.ecological import EcologicalDetector as EcologicalDetector
from .drivers.geodetector.ecological import ecological_detector as ecological_detector
from .drivers.gwr.results import GWR as GWR
from .drivers.gwr.results import MGWR as MGWR
from .drivers.gwr.model import gwr as gwr
from .drivers.gwr.model import mgwr as mgwr
from .drivers.gwr.collinearity import LocalCollinearity as LocalCollinearity
from .drivers.gwr.collinearity import local_collinearity as local_collinearity
from .drivers.gwr.variability import SpatialVariability as SpatialVariability
from .drivers.gwr.variability import spatial_variability as spatial_variability
from .drivers.gwr.prediction import Prediction as Prediction
from .drivers.gwr.prediction import predict_gwr as predict_gwr
from .drivers.gwr.intervals import CoefficientIntervals as CoefficientIntervals
from .drivers.gwr.intervals import coefficient_intervals as coefficient_intervals
from .drivers.gwr.results import GTWR as GTWR
from .drivers.gwr.spacetime import gtwr as gtwr
from .drivers.regression.tobit import Tobit as Tobit
from .drivers.regression.tobit import tobit as tobit
from .drivers.regression.panel_tobit import PanelTobit as PanelTobit
from .drivers.regression.panel_tobit import panel_tobit as panel_tobit
from .drivers.regression.effects import MarginalEffects as MarginalEffects
from .drivers.regression.effects import marginal_effects as marginal_effects
from .drivers.regression.panel import PanelRegression as PanelRegression
from .drivers.regression.panel import panel_regression as panel_regression
from .drivers.regression.spatial import SpatialRegression as SpatialRegression
from .drivers.regression.spatial import spatial_regression as spatial_regression
from .drivers.regression.table import RegressionTable as RegressionTable
from .drivers.regression.table import regression_table as regression_table

# report: maps, charts, tables and one page
from .report.paper.figure import Figure as Figure
from .report.paper.figure import Map as Map
from .report.maps.values import map_grades as map_grades
from .report.maps.values import map_values as map_values
from .report.maps.clusters import map_lisa as map_lisa
from .report.maps.coefficients import map_coefficients as map_coefficients
from .report.maps.bandwidths import map_bandwidths as map_bandwidths
from .report.maps.bivariate import map_bivariate as map_bivariate
from .report.maps.risk import map_risk as map_risk
from .report.charts.geodetector import chart_factors as chart_factors
from .report.charts.geodetector import chart_interactions as chart_interactions
from .report.charts.association import chart_moran as chart_moran
from .report.tables.write import write_tables as write_tables
from .consistency.audit import Audit as Audit
from .consistency.audit import audit as audit
from .report.page.write import write_page as write_page
from .report.layers.geopackage import write_geopackage as write_geopackage
from .report.charts.coupling import chart_grades as chart_grades
from .report.charts.coupling import chart_obstacles as chart_obstacles
from .report.charts.coupling import chart_scissors as chart_scissors
from .report.charts.dynamics import chart_density as chart_density
from .report.charts.dynamics import chart_dagum as chart_dagum
from .report.charts.dynamics import chart_transitions as chart_transitions
from .report.charts.efficiency import chart_heterogeneity as chart_heterogeneity
from .report.maps.centers import map_centers as map_centers
