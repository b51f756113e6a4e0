"""Documents: YAML, JSON and plain Python data as one tree in which every value knows where it was written."""

from kpirules.documents.node import Document, Node, Value
from kpirules.documents.read import read_bytes, read_data, read_file, read_text

__all__ = ["Document", "Node", "Value", "read_bytes", "read_data", "read_file", "read_text"]
