"""Sphinx's settings for the pages. ``autograde site`` copies notebooks and MathJax beside this file and calls Sphinx there."""

import os

project = "LSTM by Hand"
author = "LSTM by Hand"
copyright = "CC BY 4.0"
extensions = ["myst_nb"]
exclude_patterns = ["**/data/*"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["amsmath", "dollarmath"]
mathjax_path = "mathjax/tex-mml-chtml.js"
html_theme = "furo"
html_title = "LSTM by Hand"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["course.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
html_context = {"repository": os.environ.get("LSTM_BY_HAND_REPOSITORY", "")}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
suppress_warnings = ["myst.header", "myst.xref_missing"]
