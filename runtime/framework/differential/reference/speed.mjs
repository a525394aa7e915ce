// Measures the vendor's own framework, warm in V8, on the operations that speed_test.go gives: one JSON
// line in with the files of a program and a list of operations, one JSON line out with processor
// milliseconds and bytes of each, medians of the rounds. What it would send to the browser is recorded as
// arrays; making JSON of them is not in the time, so that the reference has the better of it.

import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

process.env.NODE_ENV = 'production'
const require = createRequire(import.meta.url)
const easel = require('glass-easel')
const adapter = require('glass-easel-miniprogram-adapter')
const { TmplGroup } = require('glass-easel-template-compiler')

let sent = []
let next = 1

class RecordedElement {
	id = next++
}
for (const name of ['release', 'associateValue', 'appendChild', 'removeChild', 'insertBefore', 'replaceChild',
	'spliceBefore', 'spliceAppend', 'spliceRemove', 'setId', 'setStyleScope', 'setStyle', 'addClass', 'removeClass',
	'clearClasses', 'setDataset', 'setAttribute', 'removeAttribute', 'setText', 'setModelBindingStat', 'setListenerStats']) {
	RecordedElement.prototype[name] = function (...values) {
		sent.push([name, this.id, ...values.map((v) => (v instanceof RecordedElement ? v.id : typeof v === 'object' || typeof v === 'function' ? 0 : v))])
	}
}

class Backend {
	mode = easel.BackendMode.Composed
	getWindowWidth() { return 375 }
	getWindowHeight() { return 812 }
	getDevicePixelRatio() { return 3 }
	getTheme() { return 'light' }
	appendStyleSheetPath() { return 0 }
	render(done) { setImmediate(done, null) }
	getRootNode() { return new RecordedElement() }
	createElement(tag) { const made = new RecordedElement(); sent.push(['create', made.id, tag]); return made }
	createTextNode(text) { const made = new RecordedElement(); sent.push(['text', made.id, text]); return made }
	createFragment() { return new RecordedElement() }
}
for (const name of ['destroy', 'registerStyleSheetContent', 'disableStyleSheet', 'onEvent']) Backend.prototype[name] = () => {}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1]

function open(files, page) {
	const env = new adapter.MiniProgramEnv()
	const space = env.createCodeSpace('', true)
	const group = new TmplGroup()
	const paths = Object.keys(files).filter((name) => name.endsWith('.wxml')).map((name) => name.slice(0, -5))
	for (const path of paths) {
		space.addComponentStaticConfig(path, JSON.parse(files[`${path}.json`] ?? '{}'))
		group.addTmpl(path, files[`${path}.wxml`])
	}
	// The compiler's answer is an expression; the code is made of our own programs.
	const groupList = new Function(`return ${group.getTmplGenObjectGroups()}`)()
	group.free()
	for (const path of paths) {
		space.addCompiledTemplate(path, { groupList, content: groupList[path], fallbackListenerOnNativeNode: true })
	}
	for (const path of paths.sort((a, b) => (a === page) - (b === page))) {
		space.componentEnv(path, ({ Page, Component }) => new Function('Page', 'Component', files[`${path}.js`])(Page, Component))
	}
	return () => {
		const root = env.associateBackend(new Backend()).createRoot('page', space, page)
		easel.Element.pretendAttached(root.getComponent())
		return root.get()
	}
}

for await (const line of createInterface({ input: process.stdin })) {
	const { files, page, operations, warm, rounds } = JSON.parse(line)
	const answer = {}
	for (const { name, before, run, open: opens } of operations) {
		const start = open(files, page)
		const instance = opens ? null : start()
		const cpu = []
		const bytes = []
		for (let i = -warm; i < rounds; i++) {
			for (const method of before ?? []) instance[method]()
			await new Promise((resolve) => setImmediate(resolve))
			sent = []
			const from = process.cpuUsage()
			if (opens) start()
			else instance[run]()
			const used = process.cpuUsage(from)
			if (i < 0) continue
			cpu.push((used.user + used.system) / 1000)
			bytes.push(JSON.stringify(sent).length)
		}
		answer[name] = { cpu: median(cpu), bytes: median(bytes) }
	}
	console.log(JSON.stringify(answer))
}
