"""Published tables held against themselves: rules, the tables read, the audit."""
