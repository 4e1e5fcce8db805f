import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";

type Service = {
	image?: string;
	profiles?: string[];
	restart?: string;
	environment?: Record<string, string>;
	healthcheck?: { test: string[] };
	depends_on?: Record<string, { condition: string }>;
	ports?: string[];
	volumes?: string[];
	command?: string[];
	entrypoint?: string[];
	user?: string;
	read_only?: boolean;
};

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const composeText = read("docker-compose.yml");
const compose = parse(composeText, { merge: true }) as {
	services: Record<string, Service>;
	volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const dockerfile = read("Dockerfile");
const instructions = dockerfile
	.replaceAll(/\\\n/g, " ")
	.split("\n")
	.filter((line) => /^[A-Z]+ /.test(line));

t.test("the default is the server on PostgreSQL 18, the citus profile a coordinator and two workers", async (t) => {
	const inProfile = (profile?: string) =>
		services.filter(([, service]) => service.profiles?.[0] === profile).map(([name]) => name);
	t.strictSame(inProfile(), ["server", "postgres"]);
	t.strictSame(inProfile("citus"), [
		"server-citus",
		"citus-coordinator",
		"citus-worker-1",
		"citus-worker-2",
		"citus-setup",
	]);
	t.match(compose.services.postgres?.image, /^postgres:18/);
});

t.test("every lasting service has a health check, and the server waits for its database", async (t) => {
	for (const [name, service] of services) if (service.restart !== "no") t.ok(service.healthcheck?.test.length, name);
	t.match(compose.services.server?.healthcheck?.test.join(" "), "/readyz");
	t.equal(compose.services.server?.depends_on?.postgres?.condition, "service_healthy");
	t.equal(compose.services["server-citus"]?.depends_on?.["citus-setup"]?.condition, "service_completed_successfully");
});

t.test("no secret has a value or a default", async (t) => {
	for (const [name, { environment = {} }] of services) {
		for (const [key, value] of Object.entries(environment)) {
			if (/PASSWORD|SECRET|TOKEN|KEY/.test(key)) t.match(value, /^\$\{\w+:\?[^}]+\}$/, `${name} ${key}`);
			if (/_URL$/.test(key) && value.includes("@"))
				t.match(value, /^postgres:\/\/\w+:\$\{\w+:\?[^}]+\}@/, `${name} ${key}`);
		}
	}
	t.notMatch(composeText, /\$\{\w*(?:PASSWORD|SECRET|TOKEN)\w*(?::?-)/);
	t.notMatch(dockerfile, /\b(?:ENV|ARG)\b.*(?:PASSWORD|SECRET|TOKEN)/);
});

t.test("the server gets only variables it reads", async (t) => {
	const config = read("src/config.ts");
	for (const name of ["server", "server-citus"]) {
		const names = Object.keys(compose.services[name]?.environment ?? {});
		t.strictSame(
			names.filter((key) => !config.includes(`"${key}"`)),
			[],
			name,
		);
	}
});

t.test("ports are published on this machine only and volumes are declared", async (t) => {
	for (const [name, { ports = [], volumes = [] }] of services) {
		for (const port of ports) t.match(port, /^127\.0\.0\.1:/, name);
		for (const volume of volumes) t.ok((volume.split(":")[0] ?? "") in compose.volumes, volume);
	}
	t.strictSame(compose.services.postgres?.volumes, ["postgres-data:/var/lib/postgresql"]);
});

t.test("Citus nodes place each schema on a node and can prepare transactions", async (t) => {
	for (const name of ["citus-coordinator", "citus-worker-1", "citus-worker-2"]) {
		const command = compose.services[name]?.command?.join(" ") ?? "";
		t.match(command, "citus.enable_schema_based_sharding=on", name);
		t.match(command, /max_prepared_transactions=[1-9]/, name);
	}
	const setup = compose.services["citus-setup"]?.entrypoint?.join(" ") ?? "";
	for (const worker of ["citus-worker-1", "citus-worker-2"]) t.match(setup, `citus_add_node('${worker}', 5432)`);
});

t.test("the image is built in stages, runs as an ordinary user and tells its health", async (t) => {
	const bases = instructions.filter((line) => line.startsWith("FROM "));
	t.ok(bases.length >= 3);
	for (const base of bases) t.match(base, /^FROM node:\$\{NODE\}-\S+/);
	const node = JSON.parse(read("package.json")).devDependencies.node;
	t.match(dockerfile, `ARG NODE=${node}`, "the Node the tests run on");
	const last = instructions.slice(instructions.lastIndexOf(bases.at(-1) as string));
	t.ok(last.includes("USER node"));
	t.ok(last.some((line) => line.startsWith("HEALTHCHECK ") && line.includes("/readyz")));
	t.notOk(
		last.some((line) => /npm |COPY \. /.test(line)),
		"nothing is installed or copied wholesale",
	);
	t.match(dockerfile, /npm ci --omit=dev/);
});

t.test("what the Dockerfile copies exists and passes .dockerignore", async (t) => {
	const ignore = read(".dockerignore").split("\n");
	t.ok(ignore.includes("*"));
	const sources = instructions
		.filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
		.flatMap((line) => line.split(/\s+/).slice(1, -1));
	for (const source of sources) {
		t.ok(existsSync(join(root, source)), source);
		t.ok(ignore.includes(`!${source}`), source);
	}
});
