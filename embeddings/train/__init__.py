"""How the compact encoder that ships was made. Nothing outside training imports this package."""
