import type { AddressInfo } from "node:net";
import type { Test } from "tap";
import { serverApp } from "../support/server-app.ts";

export type ListeningClinic = {
	/** The origin, with a slash at the end. */
	readonly origin: string;
	/** The clinic's base below the origin. */
	readonly path: string;
	readonly base: string;
	readonly token: string;
};

/** A clinic that real clients reach over a port of their own, with a token of its doctor. */
export async function listeningClinic(t: Test): Promise<ListeningClinic> {
	const server = await serverApp(t, { clinics: ["first"], roles: ["DOCTOR"], publicUrl: undefined });
	await server.app.http.listen({ host: "127.0.0.1", port: 0 });
	const { port } = server.app.http.server.address() as AddressInfo;
	const [origin, path] = [`http://127.0.0.1:${port}/`, "t/first/fhir"];
	return { origin, path, base: `${origin}${path}`, token: await server.tokenOf("first", "DOCTOR") };
}
