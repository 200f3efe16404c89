"""Charts of the report: one module a family of exports; each says what it draws and which rows it drew it from."""
