import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClientEnvironment, typedPath } from "../config.ts";
import { FhirClient, type Target } from "./client.ts";
import { UsageFault } from "./command.ts";

/** The options of every command that talks to a server, for node:util's parseArgs. */
export const CONNECTION_OPTIONS = {
	server: { type: "string" },
	tenant: { type: "string" },
	email: { type: "string" },
	"password-file": { type: "string" },
	token: { type: "string" },
	login: { type: "string" },
} as const;

export const CONNECTION_USAGE = `  --server URL           the server; else PHC_SERVER, else http://127.0.0.1 at PORT (8080)
  --tenant SLUG          the clinic; else PHC_TENANT
  --email ADDRESS        who signs in; else PHC_EMAIL
  --password-file FILE   a file with the password; else PHC_PASSWORD
  --token TOKEN          an access token instead of a sign-in; else PHC_TOKEN
  --login FILE           a JSON file with email, password and tenant;
                         without any of these, DATA_DIR/demo-login.json`;

type Values = { readonly [name in keyof typeof CONNECTION_OPTIONS]?: string | undefined };
type Login = { email?: string; password?: string; tenant?: string };

/**
 * A client for the server, clinic and person that options and environment name.
 * @throws UsageFault that says what is missing.
 */
export function connect(values: Values, environment: ClientEnvironment): FhirClient {
	return new FhirClient(targetOf(values, environment));
}

export function targetOf(values: Values, environment: ClientEnvironment): Target {
	const server = (values.server ?? environment.server).replace(/\/+$/, "");
	if (!/^https?:\/\/[^/]+/.test(server))
		throw new UsageFault(`--server is "${server}": it must begin with http:// or https://`);
	const token = values.token ?? (values.login || values.email ? undefined : environment.token);
	const login = token === undefined ? loginOf(values, environment) : {};
	const tenant = values.tenant ?? login.tenant ?? environment.tenant;
	if (tenant === undefined) throw new UsageFault("No clinic is named: give --tenant");
	if (token !== undefined) return { server, tenant, credentials: { token } };
	const { email, password } = login;
	if (email === undefined)
		throw new UsageFault("Nobody signs in: give --email and --password-file, --token or --login");
	if (password === undefined) throw new UsageFault("The password is missing: give --password-file or set PHC_PASSWORD");
	return { server, tenant, credentials: { email, password } };
}

function loginOf(values: Values, environment: ClientEnvironment): Login {
	if (values.login !== undefined) return readLogin(values.login);
	const email = values.email ?? environment.email;
	const file = values["password-file"];
	const password = file === undefined ? environment.password : readText(file).trim();
	if (email !== undefined || password !== undefined) {
		return { ...(email === undefined ? {} : { email }), ...(password === undefined ? {} : { password }) };
	}
	try {
		return readLogin(join(environment.dataDir, "demo-login.json"));
	} catch {
		return {};
	}
}

function readLogin(file: string): Login {
	const text = readText(file);
	try {
		return JSON.parse(text) as Login;
	} catch {
		throw new UsageFault(`${file} is not JSON: it must hold {"email": …, "password": …, "tenant": …}`);
	}
}

function readText(file: string): string {
	try {
		return readFileSync(typedPath(file), "utf8");
	} catch {
		throw new UsageFault(`${file} cannot be read: check the path and its rights`);
	}
}
