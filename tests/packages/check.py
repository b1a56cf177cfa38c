"""What can be said of packages without building them: the Helm chart, the Caddyfiles, the files for a cluster, and that the Debian package finds its
files.

  check.py CHAFFINCH HELM NATS-SERVER
"""

import glob
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parent.parent.parent
CHART = REPOSITORY / "integrations/helm/chaffinch"
chaffinch, helm, nats = sys.argv[1:]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def rendered(*values, file=None):
    """The chart's resources by their kind."""
    files = ("--values", file) if file else ()
    done = run(helm, "template", "blog", CHART, *files, *(part for value in values for part in ("--set", value)))
    assert done.returncode == 0, done.stderr
    return {resource["kind"]: resource for resource in yaml.safe_load_all(done.stdout) if resource}


def chart():
    done = run(helm, "lint", "--strict", CHART)
    assert done.returncode == 0, done.stdout + done.stderr

    plain = rendered()
    assert set(plain) == {"Service", "StatefulSet"}, set(plain)
    pod = plain["StatefulSet"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert plain["StatefulSet"]["spec"]["replicas"] == 1
    assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
    names = [variable["name"] for variable in container["env"]]
    assert "CHAFFINCH_SITE_KEY" not in names, names

    version = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["package"]["version"]
    assert container["image"] == f"chaffinch:{version}", "appVersion is not the version"

    full = rendered("existingSecret=keys", "ingress.enabled=true", "ingress.hosts={spam.example.com,*.spam.example.com}", "config.WORKERS=2")
    variables = {variable["name"]: variable for variable in full["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert variables["CHAFFINCH_SITE_KEY"]["valueFrom"]["secretKeyRef"] == {"name": "keys", "key": "site-key"}
    assert variables["CHAFFINCH_WORKERS"]["value"] == "2", "an option is text"
    assert [rule["host"] for rule in full["Ingress"]["spec"]["rules"]] == ["spam.example.com", "*.spam.example.com"]

    cluster = rendered("cluster.secret=nats", "cluster.ca=ca.crt", "cluster.credentials=user.creds", file=CHART.parent / "cluster-values.yaml")
    pod = cluster["StatefulSet"]["spec"]["template"]["spec"]
    variables = {variable["name"]: variable.get("value") for variable in pod["containers"][0]["env"]}
    told = {name: value for name, value in variables.items() if name.startswith("CHAFFINCH_CLUSTER")}
    assert told == {
        "CHAFFINCH_CLUSTER": "nats://nats",
        "CHAFFINCH_CLUSTER_CA": "/etc/chaffinch/nats/ca.crt",
        "CHAFFINCH_CLUSTER_CREDENTIALS": "/etc/chaffinch/nats/user.creds",
    }, told
    assert cluster["StatefulSet"]["spec"]["replicas"] == 3 and cluster["Service"]["spec"]["sessionAffinity"] == "ClientIP"
    assert pod["volumes"][0]["secret"]["secretName"] == "nats"

    for wrong in ("config.SITE_KEY=secret", "service.port=0", "replicas=2", "cluster.servers=http://nats", "ingress.enabled=true"):
        assert run(helm, "template", "blog", CHART, "--set", wrong).returncode != 0, f"{wrong} is accepted"
    print("the Helm chart is well formed")


def caddyfiles():
    for name in ("caddy/Caddyfile", "compose/Caddyfile", "compose/Caddyfile.cluster"):
        file = REPOSITORY / "integrations" / name
        done = subprocess.run(
            ["caddy", "adapt", "--adapter", "caddyfile", "--validate", "--config", file],
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": folder, "CHAFFINCH_DOMAIN": "spam.example.com"},
            capture_output=True, text=True,
        )
        assert done.returncode == 0, f"{file}: {done.stderr}"
    print("the Caddyfiles are valid")


def cluster():
    compose = REPOSITORY / "integrations/compose"
    services = yaml.safe_load((compose / "cluster.yaml").read_text())["services"]
    assert len(services) == 7, services.keys()
    config = (compose / "nats.conf").read_text()
    told = {name: service for name, service in services.items() if "chaffinch" in name}
    for name, service in services.items():
        for volume in service["volumes"]:
            if volume.startswith("./"):
                assert (compose / volume.split(":")[0]).exists(), f"{name}: {volume}"
        assert set(service.get("depends_on", [])) <= set(services), name
        if name.startswith("nats"):
            assert f"nats://{name}:6222" in config and service["environment"]["NATS_NAME"] == name, name
            assert all(name in server["environment"]["CHAFFINCH_CLUSTER"] for server in told.values()), name
    done = subprocess.run(
        [nats, "-t", "-c", compose / "nats.conf"],
        env={"NATS_NAME": "nats-a", "CHAFFINCH_NATS_PASSWORD": "secret"},
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    values = yaml.safe_load((CHART.parent / "nats-values.yaml").read_text())
    assert values["config"]["cluster"]["replicas"] == 3, values
    print("the files for a cluster fit together")


def debian():
    extras = Path(folder) / "deb"
    done = run(REPOSITORY / "integrations/debian/extras", chaffinch, extras)
    assert done.returncode == 0, done.stderr
    manifest = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["package"]["metadata"]["deb"]
    for source, _, mode in manifest["assets"]:
        if source.startswith("target/release/"):
            continue
        place = source.replace("target/deb", str(extras)) if source.startswith("target/deb") else REPOSITORY / source
        found = glob.glob(str(place))
        assert found, f"nothing is {source}"
        assert all(Path(file).stat().st_size for file in found) and int(mode, 8), source
    unit = REPOSITORY / manifest["systemd-units"]["unit-scripts"] / f"{manifest['systemd-units']['unit-name']}.service"
    assert unit.exists(), unit
    assert run("bash", "-n", extras / "completions/chaffinch").returncode == 0
    print("the Debian package finds its files")


with tempfile.TemporaryDirectory() as folder:
    chart()
    caddyfiles()
    cluster()
    debian()
