// Runs cases on glass-easel, the vendor's own open framework, and answers what it shows and prints.
// One JSON line in is one case, one JSON line out is its answer; ../README.md describes both.

import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

// The framework asks for its mode when it is loaded. Development mode checks more and looks for
// tools that are not here.
process.env.NODE_ENV = 'production'
const require = createRequire(import.meta.url)
const easel = require('glass-easel')
const adapter = require('glass-easel-miniprogram-adapter')
const { TmplGroup } = require('glass-easel-template-compiler')

// What the framework and the program say about the current step.
let step

function newStep() {
	step = { log: [], errors: [], warnings: [] }
	return step
}

easel.addGlobalErrorListener((error) => {
	step.errors.push(error instanceof Error ? error.message : String(error))
	return false
})
easel.addGlobalWarningListener((text) => {
	step.warnings.push(text)
	return false
})

// A page is held by a backend that only remembers the classes: they are the one thing that the tree
// of the framework itself does not tell, as external classes and style scopes are resolved on the way.
class RememberedElement {
	classes = []

	addClass(name, scope) {
		this.classes.push({ name, scope })
	}

	removeClass(name, scope) {
		const at = this.classes.findIndex((c) => c.name === name && c.scope === scope)
		if (at >= 0) this.classes.splice(at, 1)
	}

	clearClasses() {
		this.classes = []
	}
}
for (const name of [
	'release',
	'associateValue',
	'appendChild',
	'removeChild',
	'insertBefore',
	'replaceChild',
	'spliceBefore',
	'spliceAppend',
	'spliceRemove',
	'setId',
	'setStyleScope',
	'setStyle',
	'setDataset',
	'setAttribute',
	'removeAttribute',
	'setText',
	'setModelBindingStat',
	'setListenerStats',
]) {
	RememberedElement.prototype[name] = () => {}
}

class Backend {
	mode = easel.BackendMode.Composed
	rendered = [] // callbacks that wait until the view has drawn

	getWindowWidth() {
		return 375
	}

	getWindowHeight() {
		return 812
	}

	getDevicePixelRatio() {
		return 3
	}

	getTheme() {
		return 'light'
	}

	appendStyleSheetPath() {
		return 0
	}

	render(done) {
		this.rendered.push(done)
	}

	getRootNode() {
		return new RememberedElement()
	}

	createElement() {
		return new RememberedElement()
	}

	createTextNode() {
		return new RememberedElement()
	}

	createFragment() {
		return new RememberedElement()
	}
}
for (const name of ['destroy', 'registerStyleSheetContent', 'disableStyleSheet', 'onEvent']) {
	Backend.prototype[name] = () => {}
}

// The adapter leaves these to the client around it.
const caller = adapter.component.ComponentCaller.prototype
caller.getPageId = () => 'pageId:1'
caller.getTabBar = () => undefined

// Every wxs module sees the two functions that the client adds to the language.
const wxsGlobals = `
var getDate = function () { return arguments.length ? new Date(...arguments) : new Date() };
var getRegExp = function (pattern, flags) { return new RegExp(pattern, flags) };`

// The client hands wxs functions an object for the component, and the adapter leaves that to it. The
// runtime of the templates asks Q.A to wrap the functions of change:prop and Q.C to call handlers.
const wxsHooks = `
Q.A = wxs.changeProp;
Q.C = wxs.event;`

function ownerInstance(component) {
	return {
		callMethod: (name, argument) => component[name]?.(argument),
		selectComponent: (selector) => {
			const found = component.selectComponent(selector)
			return found && ownerInstance(found)
		},
	}
}

// A path that begins with 1 or 2 leads to a wxs module; see GeneralLvaluePathPrefix.
const isWxs = (path) => path?.[0] === 1 || path?.[0] === 2

const wxs = {
	changeProp: (listener) => (now, before, host) =>
		listener(now, before, ownerInstance(host.getMethodCaller())),
	event: (component, event, listener, path) =>
		isWxs(path)
			? listener.call(null, event, ownerInstance(component))
			: listener.call(component, event),
}

const bubbling =
	/^(touch(start|move|cancel|end|forcechange)|tap|longpress|longtap|transitionend|animation(start|iteration|end))$/

function resolve(from, path) {
	const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
	for (const part of path.split('/')) {
		if (part === '..') parts.pop()
		else if (part !== '' && part !== '.') parts.push(part)
	}
	return parts.join('/')
}

// Program is one case while it runs.
class Program {
	constructor({ files, page, query = '' }) {
		this.files = files
		this.path = page
		this.url = query ? `${page}?${query}` : page
		// The client does not decode what it gives to onLoad.
		this.query = Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('=')))
		this.modules = {}
		this.timers = []
		this.now = 0
		this.ready = new WeakSet()
		this.backend = new Backend()
		this.env = new adapter.MiniProgramEnv()
		this.space = this.env.createCodeSpace('', true)
		this.scopes = {}
		this.builtin = this.builtinBehaviors()
	}

	// The behaviors with the names that the client knows. Their part in forms is the client's.
	builtinBehaviors() {
		const make = (definition) =>
			this.space.componentEnv('', ({ Behavior }) => Behavior(definition))
		return {
			'wx://form-field': make({ properties: { name: String, value: null } }),
			'wx://form-field-group': make({}),
			'wx://form-field-button': make({}),
			'wx://component-export': make({}),
		}
	}

	configure() {
		const app = JSON.parse(this.files['app.json'] ?? '{}')
		this.lazy = new Set()
		for (const [name, text] of Object.entries(this.files)) {
			if (name === 'app.json' || !name.endsWith('.json')) continue
			const path = name.slice(0, -'.json'.length)
			const config = JSON.parse(text)
			const using = {}
			for (const [tag, target] of Object.entries(app.usingComponents ?? {})) {
				using[tag] = `/${resolve('app', target)}`
			}
			config.usingComponents = { ...using, ...config.usingComponents }
			this.space.addComponentStaticConfig(path, config)
			this.scopes[path] = path
			this.space.addStyleSheet(path, undefined, path)
			if (this.files[`${path}.js`] === undefined) continue
			if (path.startsWith('later/')) this.lazy.add(path)
		}
	}

	compile() {
		const group = new TmplGroup()
		group.setExtraRuntimeScript(wxsGlobals + wxsHooks)
		for (const [name, text] of Object.entries(this.files)) {
			if (!name.endsWith('.wxs')) continue
			const path = name.slice(0, -'.wxs'.length)
			group.addScript(path, text)
			group.addScript(name, `module.exports = require('/${path}')`) // a require with the suffix
		}
		const paths = []
		for (const [name, text] of Object.entries(this.files)) {
			if (!name.endsWith('.wxml')) continue
			const path = name.slice(0, -'.wxml'.length)
			for (const warning of group.addTmpl(path, text)) {
				const said = `${name}:${warning.startLine}: ${warning.message}`
				if (warning.isError) step.errors.push(said)
				else step.warnings.push(said)
			}
			paths.push(path)
		}
		// The compiler's answer is an expression; the code is made of a case and not of a program's input.
		const groupList = new Function('wxs', `return ${group.getTmplGenObjectGroups()}`)(wxs)
		group.free()
		for (const path of paths) {
			this.space.addCompiledTemplate(path, {
				groupList,
				content: groupList[path],
				fallbackListenerOnNativeNode: true, // bindtap without a colon
			})
		}
	}

	print = (...values) => {
		const text = values.map((value) => {
			if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
				throw new Error('a case prints texts, numbers and booleans; make JSON of the rest')
			}
			return String(value)
		})
		step.log.push(text.join(' '))
	}

	require(from, path) {
		let name = resolve(from, path)
		if (this.files[name] === undefined) name += '.js'
		if (this.files[name] === undefined) throw new Error(`module '${path}' is not defined`)
		return this.load(name)
	}

	load(name, constructors = {}) {
		if (this.modules[name]) return this.modules[name].exports
		const module = { exports: {} }
		this.modules[name] = module
		const globals = {
			require: (path) => this.require(name, path),
			module,
			exports: module.exports,
			console: { log: this.print, info: this.print, warn: this.print, error: this.print },
			setTimeout: (work, delay = 0) => this.timers.push({ at: this.now + delay, work }),
			wx: { nextTick: (work) => this.backend.rendered.push(work) },
			getApp: () => this.app,
			getCurrentPages: () => (this.page ? [this.page] : []),
			App: (app) => {
				this.app = app
			},
			Behavior: (definition) =>
				this.space.componentEnv('', ({ Behavior }) => Behavior(this.known(definition))),
			...constructors,
		}
		const body = `${this.files[name]}\n//# sourceURL=${name}`
		new Function(...Object.keys(globals), body)(...Object.values(globals))
		return module.exports
	}

	// The adapter takes no names of built-in behaviors, and forgets to look into the behavior that is
	// the target of a relation.
	known(definition) {
		const known = { ...definition }
		if (definition.behaviors) {
			known.behaviors = definition.behaviors.map((b) =>
				typeof b === 'string' ? this.builtin[b] : b,
			)
		}
		if (definition.relations) {
			known.relations = {}
			for (const [name, relation] of Object.entries(definition.relations)) {
				known.relations[name] = { ...relation, target: relation.target?._$ ?? relation.target }
			}
		}
		return known
	}

	register(path) {
		this.space.componentEnv(path, ({ Page, Component }) =>
			this.load(`${path}.js`, {
				Page: (definition) => Page(this.known(definition)),
				Component: (definition) => Component(this.known(definition)),
			}),
		)
	}

	async open() {
		this.configure()
		this.compile()
		this.space.componentEnv('', ({ Component }) => Component({})) // for tags that have no component
		if (this.files['app.js'] !== undefined) this.load('app.js')
		for (const name of Object.keys(this.files).sort()) {
			const path = name.slice(0, -'.js'.length)
			const config = this.space.getComponentStaticConfig(path)
			if (name.endsWith('.js') && config && path !== this.path && !this.lazy.has(path)) {
				this.register(path)
			}
		}
		this.register(this.path)
		this.root = this.env.associateBackend(this.backend).createRoot('page', this.space, this.url)
		this.page = this.root.get()
		this.page.route = this.path
		this.page.options = this.query
		easel.Element.pretendAttached(this.root.getComponent())
		this.hook('onLoad', this.query)
		this.show()
		this.makeReady()
		this.hook('onReady')
		await this.settle()
	}

	hook(name, ...args) {
		if (typeof this.page[name] === 'function') {
			easel.safeCallback(name, this.page[name], this.page, args, this.root.getComponent())
		}
	}

	show() {
		this.root.getComponent().triggerPageLifetime('show', [])
		this.hook('onShow')
	}

	// The adapter never calls ready. The client does when the view has been drawn, inner components
	// first.
	makeReady() {
		const visit = (node) => {
			if (easel.TextNode.isTextNode(node)) return
			const isComponent = easel.Component.isComponent(node)
			if (isComponent) visit(node.getShadowRoot())
			for (const child of node.childNodes) visit(child)
			if (isComponent && !this.ready.has(node)) {
				this.ready.add(node)
				node.triggerLifetime('ready', [])
			}
		}
		visit(this.root.getComponent())
	}

	// Runs what the program and the framework have put off, except for timers of a later time.
	async settle() {
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve))
			const due = this.backend.rendered.splice(0)
			for (const work of due) easel.safeCallback('rendered', work, null, [null])
			this.timers.sort((a, b) => a.at - b.at)
			const timer = this.timers[0]?.at <= this.now ? this.timers.shift() : undefined
			if (timer) easel.safeCallback('setTimeout', timer.work, null, [])
			if (due.length === 0 && !timer) break
		}
		this.makeReady()
	}

	// Finds an element by its id in what the page shows, shadow trees included.
	find(id) {
		const search = (node) => {
			if (easel.TextNode.isTextNode(node)) return null
			if (`#${node.id}` === id && id !== '#') return node
			for (const child of node.getComposedChildren()) {
				const found = search(child)
				if (found) return found
			}
			return null
		}
		const found = search(this.root.getComponent())
		if (!found) throw new Error(`nothing has the id ${id}`)
		return found
	}

	// Events of the user come from the elements of the client, never from a component of the program.
	fire({ target, type, detail = {}, options }) {
		const element = this.find(target)
		if (easel.Component.isComponent(element)) throw new Error(`${target} is a component`)
		const rises = bubbling.test(type)
		easel.triggerEvent(element, type, detail, {
			bubbles: rises,
			composed: rises,
			capturePhase: true,
			...options,
		})
	}

	async run(work) {
		const [name] = Object.keys(work)
		const value = work[name]
		switch (name) {
			case 'setData':
				this.page.setData(value)
				break
			case 'tap':
				this.fire({ target: value, type: 'tap', detail: { x: 1, y: 2 } })
				break
			case 'event':
				this.fire(value)
				break
			case 'model': {
				// The user changes the value of a form control.
				const listener = this.find(value.target).getModelBindingListeners()[value.name]
				if (!listener) throw new Error(`${value.target} has no model:${value.name}`)
				listener(value.value)
				break
			}
			case 'call': {
				let object = this.page
				for (const selector of value.target ?? []) object = object.selectComponent(selector)
				const answer = object[value.method](...(value.args ?? []))
				if (answer !== undefined) step.log.push(`=> ${JSON.stringify(answer)}`)
				break
			}
			case 'wait':
				for (const end = this.now + value; ; ) {
					await this.settle()
					this.timers.sort((a, b) => a.at - b.at)
					if (!(this.timers[0]?.at <= end)) {
						this.now = end
						break
					}
					this.now = this.timers[0].at
				}
				break
			case 'hide':
				this.root.getComponent().triggerPageLifetime('hide', [])
				this.hook('onHide')
				break
			case 'show':
				this.show()
				break
			case 'resize':
				this.root.getComponent().triggerPageLifetime('resize', [value])
				this.hook('onResize', value)
				break
			case 'unload':
				this.hook('onUnload')
				this.root.release()
				break
			case 'load':
				this.register(value)
				break
			default:
				throw new Error(`there is no step ${name}`)
		}
		await this.settle()
	}

	// The tree as it is now: data-* and attributes hold objects that the next step may change.
	tree() {
		return JSON.parse(JSON.stringify(this.kids(this.root.getComponent().getShadowRoot()), exact))
	}

	kids(node) {
		const kids = []
		for (const child of node.getComposedChildren()) {
			const inherits = easel.VirtualNode.isVirtualNode(child) && child.isInheritSlots()
			if (!inherits) this.add(child, kids)
		}
		return kids
	}

	add(node, kids) {
		if (easel.TextNode.isTextNode(node)) {
			kids.push({ text: node.textContent })
			return
		}
		if (easel.ShadowRoot.isShadowRoot(node)) {
			kids.push({ tag: '#shadow-root', kids: this.kids(node) })
			return
		}
		if (easel.VirtualNode.isVirtualNode(node)) {
			const name = easel.Element.getSlotName(node)
			if (name === undefined) {
				kids.push(...this.kids(node))
				return
			}
			const slot = { tag: 'slot', kids: this.kids(node) }
			if (name) slot.attrs = { name }
			kids.push(slot)
			return
		}
		kids.push(this.element(node))
	}

	element(node) {
		const made = { tag: easel.Component.isComponent(node) ? node.tagName : node.is }
		if (node.id) made.id = node.id
		if (node.slot) made.slot = node.slot
		if (node.style) made.style = node.style
		const { classes } = node.getBackendElement() ?? { classes: [] }
		if (classes.length > 0) {
			made.class = classes.map((c) => c.name)
			made.scoped = classes.map((c) => this.scoped(c))
		}
		if (node.isVirtual()) made.virtual = true
		if (Object.keys(node.dataset).length > 0) made.data = node.dataset
		const attributes = easel.NativeNode.isNativeNode(node) ? node.attributes : []
		if (attributes.length > 0) {
			made.attrs = Object.fromEntries(attributes.map(({ name, value }) => [name, value]))
		}
		made.kids = this.kids(node)
		return made
	}

	scoped({ name, scope }) {
		const prefix =
			scope === undefined
				? ''
				: this.space.getComponentSpace().styleScopeManager.queryName(scope)
		return prefix ? `${prefix}--${name}` : name
	}
}

async function answer(line) {
	const test = JSON.parse(line)
	const steps = []
	newStep()
	try {
		const program = new Program(test)
		await program.open()
		steps.push({ ...step, tree: program.tree() })
		for (const work of test.steps ?? []) {
			newStep()
			await program.run(work)
			steps.push({ ...step, tree: program.tree() })
		}
		return { name: test.name, steps }
	} catch (error) {
		return { name: test.name, steps, error: error.stack }
	}
}

// The client writes Infinity and NaN as null; here they keep their names, so that a difference shows.
function exact(_, value) {
	if (typeof value === 'number' && !Number.isFinite(value)) return `(${value})`
	if (typeof value === 'function') return '(function)'
	return value
}

for await (const line of createInterface({ input: process.stdin })) {
	process.stdout.write(`${JSON.stringify(await answer(line))}\n`)
}
