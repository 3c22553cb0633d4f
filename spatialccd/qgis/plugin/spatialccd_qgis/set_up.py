"""The dialog that finds a Python for the sums, or makes one."""

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
)

from . import client, environment, own_python, pythons
from .texts import retell, say

_PACKAGE = "spatialccd"


class SetUp(QDialog):
    """Browse, Search and Test for a Python that has spatialccd; Set up for one that is made."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setWindowTitle(say("Python of spatialccd"))
        self.resize(680, 520)
        self._task = None
        box = QVBoxLayout(self)
        about = QLabel(
            say(
                "The sums are done in a Python beside QGIS, so that nothing is installed into "
                "QGIS's own."
            )
        )
        about.setWordWrap(True)
        box.addWidget(about)
        box.addWidget(self._chooser())
        box.addWidget(self._maker())
        self.told = QPlainTextEdit()
        self.told.setReadOnly(True)
        box.addWidget(self.told)
        self.bar = QProgressBar()
        box.addWidget(self.bar)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    def _chooser(self):
        group = QGroupBox(say("A Python that has spatialccd"))
        self.path = QComboBox()
        self.path.setEditable(True)
        self.path.setCurrentText(environment.python() or "")
        row = QHBoxLayout()
        for label, act in (
            (say("Browse…"), self.browse),
            (say("Search"), self.search),
            (say("Test"), self.test),
            (say("Use it"), self.use),
        ):
            button = QPushButton(label)
            button.clicked.connect(act)
            row.addWidget(button)
        box = QVBoxLayout(group)
        box.addWidget(self.path)
        box.addLayout(row)
        return group

    def _maker(self):
        group = QGroupBox(say("Or one made for it, in your QGIS profile"))
        self.source = QLineEdit(_PACKAGE)
        self.source.setToolTip(say("What pip installs: spatialccd, or a wheel file."))
        wheel = QPushButton(say("Wheel file…"))
        wheel.clicked.connect(self.browse_wheel)
        self.make_button = QPushButton(say("Set up"))
        self.make_button.clicked.connect(self.make)
        row = QHBoxLayout(group)
        row.addWidget(self.source)
        row.addWidget(wheel)
        row.addWidget(self.make_button)
        return group

    def tell(self, text):
        """Add a line to what was found."""
        self.told.appendPlainText(text)

    def browse(self):
        """Choose a Python's file."""
        path, _ = QFileDialog.getOpenFileName(self, say("A Python that has spatialccd"))
        if path:
            self.path.setCurrentText(path)

    def browse_wheel(self):
        """Choose a wheel's file."""
        path, _ = QFileDialog.getOpenFileName(self, say("Wheel file…"), "", "*.whl")
        if path:
            self.source.setText(path)

    def search(self):
        """List the Pythons of this system, those with spatialccd first."""
        found = pythons.find(environment.outside())
        current = self.path.currentText()
        self.path.clear()
        for python in found:
            number = ".".join(map(str, python.version))
            has = say("has spatialccd {version}", version=python.spatialccd)
            has = has if python.spatialccd else say("no spatialccd")
            self.path.addItem(python.path)
            self.tell(f"{python.path}: Python {number}, {has}")
        if not found:
            self.tell(
                say("No Python from 3.11 on was found; get one from python.org or your system.")
            )
        if current:
            self.path.setCurrentText(current)

    def test(self):
        """Start a worker with the Python that is chosen."""
        path = self.path.currentText().strip()
        try:
            version = environment.test(path)
        except client.WorkerError as error:
            self.tell(retell(str(error)))
            return False
        self.tell(say("{path} answers with spatialccd {version}.", path=path, version=version))
        return True

    def use(self):
        """Keep the Python that is chosen, once it has answered."""
        path = self.path.currentText().strip()
        try:
            environment.choose_python(path)
        except client.WorkerError as error:
            self.tell(retell(str(error)))
            self.tell(say("It was not taken; the one before stays."))
            return
        self.tell(say("QGIS uses {path}.", path=path or environment.python() or ""))

    def make(self):
        """Make an environment in the profile and install spatialccd there, or stop that."""
        if self._task is not None:
            self._task.cancel()
            return
        found = pythons.find(environment.outside())
        able = [python for python in found if python.venv] or found
        if not able:
            self.search()
            return
        self.make_button.setText(say("Stop"))
        self._task = MakeTask(able[0], self.source.text().strip() or _PACKAGE)
        self._task.progressChanged.connect(lambda share: self.bar.setValue(int(share)))
        self._task.taskCompleted.connect(self._made)
        self._task.taskTerminated.connect(self._failed)
        QgsApplication.taskManager().addTask(self._task)

    def _made(self):
        self._say_lines()
        self.path.setCurrentText(self._task.made)
        self._end()
        self.use()

    def _failed(self):
        self._say_lines()
        self.tell(self._task.problem)
        self._end()

    def _say_lines(self):
        for line in self._task.lines[-8:]:
            self.tell(line)

    def _end(self):
        self._task = None
        self.make_button.setText(say("Set up"))


class MakeTask(QgsTask):
    """Makes the environment while QGIS goes on."""

    def __init__(self, python, source):
        super().__init__(say("Python of spatialccd"), QgsTask.Flag.CanCancel)
        self._python = python
        self._source = source
        self._folder = environment.own_folder()
        self._variables = environment.outside()
        self.lines = []
        self.made = ""
        self.problem = ""

    def run(self):
        """Make it; QGIS calls this beside its main thread."""
        try:
            self.made = own_python.make(
                self._python, self._folder, self._source, self._variables, self._follow,
                self.isCanceled,
            )  # fmt: skip
        except own_python.Stopped:
            self.problem = say("Stopped; nothing was changed.")
        except own_python.SetUpError as error:
            self.problem = retell(str(error))
        return bool(self.made)

    def _follow(self, share, line):
        self.lines.append(line)
        self.setProgress(share)
