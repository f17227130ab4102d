"""How the compact reader that ships was made. Nothing outside training imports this package."""
