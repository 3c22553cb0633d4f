# The public names, in the order of a study. `__init__.py` loads them on first
# use and `catalog` lists the functions among them as tools, from this file.

__version__: str

# data: from files to a panel and its areas on one index
# index: from indicators to the score of a subsystem
from .index.scaling import Scaled as Scaled
from .index.scaling import scale as scale
from .index.weights import Weights as Weights
from .index.weights import entropy_weights as entropy_weights
from .index.weights import equal_weights as equal_weights
from .index.weights import critic_weights as critic_weights
from .index.weights import cv_weights as cv_weights
from .index.composite import CompositeIndex as CompositeIndex
from .index.composite import composite_index as composite_index

# coupling: how far the scores rise together
from .coupling.degree import CoordinationGrades as CoordinationGrades
from .coupling.degree import CouplingCoordination as CouplingCoordination
from .coupling.degree import coordination_grades as coordination_grades
from .coupling.degree import coupling_coordination as coupling_coordination

# dynamics: how a value spreads, narrows and moves over the years
# association: whether near places are alike
# drivers: what explains a value, and where
# report: maps, charts, tables and one page
