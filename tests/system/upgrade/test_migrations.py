"""A migration that would break the program of before, or hold a large table, is refused before it is released."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import upgrades

TESTS = Path(upgrades.__file__).parent
SETTINGS = "from misthoorn.config.settings import *\nMIGRATION_MODULES = {'triage': 'planted'}\n"
MIGRATION = """from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("triage", "{last}")]
    operations = [migrations.{operation}]
"""
JUDGE = "import sys, upgrades; sys.exit(upgrades.breaking([('triage', '9999_planted')]))"


@pytest.fixture
def judged(tmp_path):
    """Whether triage may have a migration with this operation: the exit code, and what is said."""

    def judge(operation):
        shutil.copytree(upgrades.ROOT / "src/misthoorn/triage/migrations", tmp_path / "planted", dirs_exist_ok=True)
        last = max(path.stem for path in (tmp_path / "planted").glob("0*.py"))
        (tmp_path / "planted/9999_planted.py").write_text(MIGRATION.format(last=last, operation=operation))
        (tmp_path / "planted_settings.py").write_text(SETTINGS)
        path = os.pathsep.join([str(TESTS), str(tmp_path)])
        environment = os.environ | {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "planted_settings"}
        done = subprocess.run(
            [sys.executable, "-c", JUDGE], env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    return judge


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ('RemoveField("campaign", "severity")', "DROPPING columns"),
        ('RenameField("campaign", "severity", "weight")', "RENAMING columns"),
        ('AddField("campaign", "weight", models.TextField(default=""))', "NOT NULL constraint"),
        ('AddIndex("finding", models.Index(fields=["severity"], name="planted"))', "CREATE INDEX locks table"),
        (
            'AddConstraint("finding", models.CheckConstraint(condition=models.Q(id__gt=0), name="planted"))',
            "a condition on all rows is checked while the table is locked",
        ),
    ],
)
def test_what_breaks_the_program_of_before_or_holds_a_table_is_refused(judged, operation, said):
    code, out = judged(operation)

    assert code == 1
    assert said in out


def test_a_column_with_a_value_of_the_database_is_taken(judged):
    assert judged('AddField("campaign", "weight", models.TextField(default="", db_default=""))') == (0, "")


def test_a_released_migration_that_is_edited_or_gone_is_named():
    frozen = upgrades.released("v1 aa a/0001.py\nv1 bb a/0002.py\nv2 cc a/0003.py\n")

    assert (
        list(upgrades.edited(frozen, {"a/0001.py": "aa", "a/0002.py": "bb", "a/0003.py": "cc", "a/0004.py": "d"})) == []
    )
    assert [one.split()[0] for one in upgrades.edited(frozen, {"a/0001.py": "xx", "a/0003.py": "cc"})] == [
        "a/0001.py",
        "a/0002.py",
    ]
