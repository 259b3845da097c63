"""The report of a diary for a doctor: a page to print, tables, and the links to them."""
