import { createHash } from "node:crypto";
import t from "tap";
import { shellApp } from "../support/shell-app.ts";

t.test("the page names the base and the version, and runs nothing", async (t) => {
	const { app } = await shellApp(t, { publicUrl: "https://fhir.example" });
	const { body, headers } = await app.inject("/");
	t.equal(headers["content-type"], "text/html; charset=utf-8");
	t.match(body, "https://fhir.example/t/<i>clinic</i>/fhir");
	t.match(body, "https://fhir.example/auth/login");
	t.match(body, "Version 1.2.3");
	t.notMatch(body, /<script|\{\{/);
	const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? "";
	const hash = createHash("sha256").update(style).digest("base64");
	const policy = String(headers["content-security-policy"]);
	t.ok(policy.startsWith("default-src 'none'") && policy.includes(`style-src 'sha256-${hash}'`), policy);
});

t.test("a Host header cannot write into the page", async (t) => {
	const { app } = await shellApp(t);
	const { body } = await app.inject({ url: "/", headers: { host: 'x"><img src=y>' } });
	t.notMatch(body, "<img");
});
