"""Write the parameters cell of each notebook as its schema declares it (`lvliang.parameters`).

``make cells`` after a parameter was added, renamed or given another default.
"""

from __future__ import annotations

import json

from lvliang.parameters import SCHEMAS
from lvliang.site.publication import NOTEBOOKS

for name, schema in SCHEMAS.items():
    path = NOTEBOOKS / f"{name}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    (cell,) = (one for one in notebook["cells"] if "parameters" in one["metadata"].get("tags", []))
    declared = [
        f"{key}: {type(field.default).__name__} = {json.dumps(field.default)}"
        f"  # {field.description}"
        for key, field in schema.model_fields.items()
    ]
    cell["source"] = "\n".join(declared).splitlines(keepends=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
