"""The database: transactions, communities apart, tables and their migrations."""
