import t from "tap";
import { shellApp } from "../support/shell-app.ts";

t.test("the description holds the routes outside FHIR with their schemas", async (t) => {
	const { app } = await shellApp(t);
	const body = { type: "object", required: ["email"], properties: { email: { type: "string" } } };
	app.post("/auth/login", { schema: { summary: "Sign in", body } }, async () => "");
	app.get("/t/:slug/fhir/metadata", async () => "");
	const description = (await app.inject("/openapi.json")).json();
	t.equal(description.openapi, "3.1.0");
	t.equal(description.info.version, "1.2.3");
	t.match(description.info.description, /CapabilityStatement/);
	t.strictSame(Object.keys(description.paths), ["/auth/login"]);
	t.equal(description.paths["/auth/login"].post.summary, "Sign in");
});
