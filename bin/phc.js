#!/usr/bin/env node
// Plain JavaScript without static imports: an older Node must get as far as the message below.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 17)) {
	console.error(
		`phc needs Node.js 22.17 or newer; this is ${process.version}. Install a newer one: https://nodejs.org`,
	);
	process.exit(1);
}
await import("../dist/cli/main.js");
