"""How Sphinx builds the documentation: sphinx-build -W docs build/docs."""

from __future__ import annotations

import sys
from pathlib import Path

import spatialccd

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE / "_ext"))

project = "spatialccd"
author = "the spatialccd developers"
copyright = author
version = release = spatialccd.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "formulas",
    "headers",
    "names",
    "notebooks",
    "pages",
    "speed",
    "studies",
]
exclude_patterns = [
    "_build",
    "_ext",
    "jupyter_execute",
    ".jupyter_cache",
    "gallery",
    "**/sg_execution_times.rst",
    "sg_execution_times.rst",
    "made/gallery/**/*.json",
    "made/gallery/**/*.ipynb",
    "made/gallery/**/*.py",
]
templates_path = ["_templates"]

autosummary_generate = True
autodoc_typehints = "none"
autodoc_class_signature = "separated"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
numpydoc_validation_checks: set[str] = set()

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 240
nb_merge_streams = True

sphinx_gallery_conf = {
    "examples_dirs": [str(_HERE / "gallery")],
    "gallery_dirs": ["made/gallery"],
    "filename_pattern": r"/plot_",
    "image_scrapers": ("pictures.scraper",),
    "reset_modules": ("pictures.reset",),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "copyfile_regex": r".*\.rst",
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 60,
    "within_subsection_order": "FileNameSortKey",
}

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_extra_path = ["made/extra"]
html_css_files = ["site.css"]
html_title = "spatialccd"
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_sidebars = {"index": []}
html_theme_options = {
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "navigation_depth": 1,
    "show_nav_level": 1,
    "logo": {"text": "spatialccd"},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
