// Answers the trees that glass-easel makes of the cases in vendor.json, for oracle_test.go:
//
//   make reference
//   NODE_PATH=$PWD/runtime/framework/differential/reference/node_modules \
//     go test ./runtime/view -run Vendors -vendor "node testdata/vendor.js"
const ge = require('glass-easel')
const { TmplGroup } = require('glass-easel-template-compiler')
const fs = require('fs')
ge.globalOptions.throwGlobalError = true
console.warn = () => {}
function tmpl(src) {
  const group = new TmplGroup(); group.addTmpl('', src)
  const list = new Function(`return ${group.getTmplGenObjectGroups()}`)()
  return { groupList: list, content: list[''] }
}
const space = new ge.ComponentSpace()
function dump(n) {
  if (ge.TextNode.isTextNode(n)) return n.textContent
  const kids = n.childNodes.map(dump).join('')
  if (ge.VirtualNode.isVirtualNode(n)) return kids
  return '<' + [n.is, ...(n.class || '').trim().split(/\s+/).filter(Boolean)].join(' ') + '>' + kids + '</>'
}
const out = JSON.parse(fs.readFileSync(0, 'utf8')).map((c) => {
  try {
    const def = space.defineComponent({ template: tmpl(c.markup), data: c.data })
    const elem = ge.Component.createWithContext('root', def.general(), new ge.EmptyBackendContext())
    const snap = () => elem.getShadowRoot().childNodes.map(dump).join('')
    const res = [snap()]
    for (const [p, v] of c.set || []) { elem.replaceDataOnPath(p, v); elem.applyDataUpdates(); res.push(snap()) }
    return res
  } catch (e) { return ['ERROR ' + e.message] }
})
fs.writeFileSync(1, JSON.stringify(out))
