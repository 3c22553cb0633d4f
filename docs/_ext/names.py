"""Names of the package in running text become links to their pages: ``mgwr`` is enough."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

import spatialccd


class LinkNames(SphinxTransform):
    """Wrap a literal that is a public name into a reference to it."""

    default_priority = 500

    def apply(self) -> None:
        """Link each name, but not on its own page."""
        public = set(dir(spatialccd))
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext().removeprefix("sc.").removesuffix("()")
            inside = isinstance(literal.parent, (addnodes.pending_xref, nodes.reference))
            if name not in public or inside or self.env.docname.endswith(f".{name}"):
                continue
            link = addnodes.pending_xref(
                "", refdomain="py", reftype="obj", reftarget=f"spatialccd.{name}",
                refexplicit=True, refwarn=False, refdoc=self.env.docname,
            )  # fmt: skip
            literal.replace_self(link)
            link += literal


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_transform(LinkNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
