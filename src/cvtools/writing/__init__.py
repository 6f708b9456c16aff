"""Nodes become pages. Visitors add markup; they neither parse nor format."""
