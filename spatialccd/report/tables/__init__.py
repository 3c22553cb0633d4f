"""Results in the form that a paper prints, as workbook, LaTeX or HTML."""
