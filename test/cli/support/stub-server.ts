import Fastify, { type FastifyReply } from "fastify";
import type { JsonObject } from "../../../src/kernel/index.ts";

export type Call = { method: string; path: string; body: string; token: string };

/** What the stub does instead of storing: an answer, or nothing for "stored". */
export type Script = (call: Call, number: number, reply: FastifyReply) => FastifyReply | undefined;

/** A server that keeps what it is sent and answers Bundles as FHIR asks; entries whose text holds `refuse me` get 422. */
export async function stubServer(script: Script = () => undefined) {
	const calls: Call[] = [];
	let signIns = 0;
	const app = Fastify({ bodyLimit: 64 * 1024 * 1024, forceCloseConnections: true });
	app.removeAllContentTypeParsers();
	app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
	app.post("/auth/login", async (request, reply) => {
		const { email, password, tenant } = JSON.parse(request.body as string);
		if (password !== "correct horse") return reply.code(401).send({ error: "invalid_grant" });
		signIns++;
		return { access_token: `${email}-${tenant}-${signIns}`, token_type: "Bearer", expires_in: 900 };
	});
	app.route({
		method: ["POST", "PUT"],
		url: "/t/demo/fhir*",
		handler: async (request, reply) => {
			const call: Call = {
				method: request.method,
				path: request.url.slice("/t/demo/fhir".length),
				body: request.body as string,
				token: (request.headers.authorization ?? "").replace("Bearer ", ""),
			};
			calls.push(call);
			const scripted = script(call, calls.length, reply);
			if (scripted !== undefined) return scripted;
			const answer = answerTo(call);
			return answer === undefined ? reply.code(422).send() : reply.send(answer);
		},
	});
	const url = await app.listen({ host: "127.0.0.1", port: 0 });
	return { url, calls, signIns: () => signIns, close: () => app.close() };
}

/** `undefined`: the whole request is refused. */
function answerTo({ path, body }: Call): JsonObject | undefined {
	const tree = JSON.parse(body);
	if (path !== "") return tree;
	if (tree.type === "transaction" && body.includes("refuse me")) return undefined;
	const entry = tree.entry.map((one: unknown) =>
		JSON.stringify(one).includes("refuse me")
			? {
					response: {
						status: "422",
						outcome: { resourceType: "OperationOutcome", issue: [{ severity: "error", diagnostics: "Not like this" }] },
					},
				}
			: { response: { status: "201 Created" } },
	);
	return { resourceType: "Bundle", type: `${tree.type}-response`, entry };
}
