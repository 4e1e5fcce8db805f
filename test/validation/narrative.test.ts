import t from "tap";
import { narrativeFault } from "../../src/validation/narrative.ts";

const div = (inner: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

t.test("accepts what a narrative may hold", async (t) => {
	const good = [
		div("x"),
		`<div xmlns='http://www.w3.org/1999/xhtml' xml:lang="hi" lang="hi">नमस्ते</div>`,
		` \n${div("<p>a<br/>b<br /></p>")}\n`,
		div('<table class="grid" border="1"><tr><td colspan="2">x</td></tr></table>'),
		div("&lt;script&gt; &amp; &quot;&apos; &#160;&#xA0;"),
		div("a > b"),
		div('<a href="https://x/y?a=1&amp;b=2">x</a><a href="#a">y</a><a href="Patient/1">z</a><a name="n">n</a>'),
		div('<a href="mailto:a@b">x</a><a href="tel:+91">x</a>'),
		div('<img src="data:image/png;base64,AAAA" alt="x"/>'),
		div('<img src="#image"/>'),
		div('<span style="color: red; background-image: url(data: image/png;base64,AA+/=)">x</span>'),
		div("<!-- a note -->x"),
		`<!-- before --> ${div("x")}`,
		div("&#160;"),
	];
	t.strictSame(
		good.filter((text) => narrativeFault(text) !== undefined),
		[],
	);
});

t.test("refuses what runs, loads or is not XHTML, and says why", async (t) => {
	const bad: [string, RegExp][] = [
		[div("<script>alert(1)</script>x"), /<script>.*txt-1/],
		[div("<SCRIPT>x</SCRIPT>"), /<SCRIPT>/],
		...["style", "iframe", "object", "embed", "form", "input", "button", "link", "base", "svg", "math", "video"].map(
			(name): [string, RegExp] => [div(`x<${name}/>`), new RegExp(`<${name}>`)],
		),
		[div('<p onclick="x()">x</p>'), /attribute onclick/],
		[div('<img src="x" onerror="x()"/>'), /attribute onerror/],
		[div('<a href="javascript:alert(1)">x</a>'), /URL in href/],
		[div('<a href=" JAVA&#x73;cript:alert(1)">x</a>'), /URL in href/],
		[div('<a href="java&#9;script:alert(1)">x</a>'), /URL in href/],
		[div('<a href="&#1;javascript:alert(1)">x</a>'), /entity/],
		[div('<a href="vbscript:x">x</a>'), /URL in href/],
		[div('<a href="data:text/html;base64,AAAA">x</a>'), /URL in href/],
		[div('<a href="data:image/png;base64,AAAA">x</a>'), /URL in href/],
		[div('<img src="data:text/html,x"/>'), /URL in src/],
		[div('<img src="data:image/svg+xml,x"/>'), /URL in src/],
		[div('<p style="background:url(http://x/y)">x</p>'), /style/],
		[div('<p style="width:expression(alert(1))">x</p>'), /style/],
		[div('<p style="b\\65havior:x">x</p>'), /style/],
		[div('<p style="@import x">x</p>'), /style/],
		[div("<!--><img src=x onerror=alert(1)>-->x"), /comment/],
		[div("<!-- <p> -->x"), /comment/],
		[div("<![CDATA[x]]>"), /well-formed/],
		[div("<?php x ?>x"), /well-formed/],
		[`<!DOCTYPE html>${div("x")}`, /well-formed/],
		[div("&nbsp;"), /entity/],
		[div("a & b"), /entity/],
		[div("&#0;x"), /entity/],
		[div("&#xD800;x"), /entity/],
		[div("a < b"), /well-formed/],
		[div("<p>x"), /close every element/],
		[div("<p><b>x</p></b>"), /close every element/],
		[div("<br>x"), /close every element/],
		[`${div("x")}</div>`, /after its <div>/],
		[div("x") + div("y"), /after its <div>/],
		[`x${div("x")}`, /outside its <div>/],
		[div("<p class=x>x</p>"), /in quotes/],
		[div("<p class>x</p>"), /in quotes/],
		[div('<p class="a"id="b">x</p>'), /well-formed/],
		[div('<p class="a" class="b">x</p>'), /class twice/],
		[div('<p class="<">x</p>'), /&lt;/],
		[div('<p class="x'), /in quotes/],
		["<div>x</div>", /must begin <div xmlns/],
		['<div xmlns="http://www.w3.org/2000/svg">x</div>', /namespace/],
		['<p xmlns="http://www.w3.org/1999/xhtml">x</p>', /one <div>/],
		[div(" \n "), /no text \(txt-2\)/],
		['<div xmlns="http://www.w3.org/1999/xhtml"/>', /no text \(txt-2\)/],
		["x", /outside its <div>/],
		[" ", /no text/],
	];
	for (const [text, why] of bad) t.match(narrativeFault(text), why, text);
});

t.test("a large or deep narrative costs no more than its size", async (t) => {
	const start = performance.now();
	t.equal(narrativeFault(div(`<img src="data:image/png;base64,${"A".repeat(8_000_000)}"/>`)), undefined);
	t.equal(narrativeFault(div(`${"<b>".repeat(100_000)}x${"</b>".repeat(100_000)}`)), undefined);
	t.match(narrativeFault(div(`<p ${" ".repeat(1_000_000)}`)), /well-formed/);
	t.match(narrativeFault(div("&".repeat(1_000_000))), /entity/);
	t.ok(performance.now() - start < 2000);
});
