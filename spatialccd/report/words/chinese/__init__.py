"""Chinese of the sentences in which tools warn and report, by station.

The English template is the key, so a sentence is written once; ``{}`` stands for
what it is about and ``{#}`` for a count, in the same order in both unless numbered.
"""

from __future__ import annotations

from spatialccd.report.words.chinese import (
    association,
    coupling,
    data,
    drivers,
    dynamics,
    efficiency,
    gwr,
    index,
    network,
    panels,
    report,
    study,
)

#: English template to Chinese, of all stations.
SENTENCES = {
    **data.SENTENCES,
    **index.SENTENCES,
    **coupling.SENTENCES,
    **dynamics.SENTENCES,
    **efficiency.SENTENCES,
    **association.SENTENCES,
    **network.SENTENCES,
    **drivers.SENTENCES,
    **gwr.SENTENCES,
    **panels.SENTENCES,
    **report.SENTENCES,
    **study.SENTENCES,
}
