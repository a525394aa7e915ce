package main

// edits are made in this order; a later one may build on an earlier one.
var edits = []edit{
	{
		name: "proxy accessors",
		reason: "The check of a Proxy's defineProperty and getOwnPropertyDescriptor traps refused an accessor " +
			"that is the same as the target's and took one that differs: the two comparisons were the wrong way " +
			"round. Without it no program of uni-app with Vue 3 starts.",
		add: []string{"proxy.go"},
		swaps: []swap{
			{
				file: "proxy.go",
				old:  "desc.Setter != nil && desc.Setter.SameAs(current.setterFunc)",
				with: "desc.Setter != nil && !isAccessor(desc.Setter, current.setterFunc)",
			},
			{
				file: "proxy.go",
				old:  "desc.Getter != nil && desc.Getter.SameAs(current.getterFunc)",
				with: "desc.Getter != nil && !isAccessor(desc.Getter, current.getterFunc)",
			},
		},
	},
	{
		name: "strings grow in place",
		reason: "Each + of strings copied both sides, so that 100,000 appends to one string took 13.7 s. A string " +
			"that was made by an append and is appended to again now gets spare room behind it.",
		add: []string{"append.go"},
		swaps: []swap{
			{file: "vm.go", old: "ret = leftString.Concat(rightString)", with: "ret = vm.appends.concat(leftString, rightString)"},
			{file: "vm.go", old: "type vm struct {\n", with: "type vm struct {\n\tappends appendBuffers\n"},
		},
	},
	{
		name: "properties of functions on demand",
		reason: "Every function made a map for length and name, about 350 bytes that most functions never use. " +
			"They are made when something asks for them.",
		add: []string{"func.go"},
		swaps: []swap{
			{file: "func.go", old: "\tlenProp valueProperty\n", with: "\tunmadeProps\n"},
			{file: "func.go", old: "\tprg    *Program\n\tsrc    string\n\tstrict bool\n", with: "\tprg *Program\n\tsrc string\n"},
			{
				file: "func.go",
				old: "func (f *baseFuncObject) init(name unistring.String, length Value) {\n" +
					"\tf.baseObject.init()\n\n\tf.lenProp.configurable = true\n\tf.lenProp.value = length\n" +
					"\tf._put(\"length\", &f.lenProp)\n\n\tf._putProp(\"name\", stringValueFromRaw(name), false, false, true)\n}\n",
				with: "",
			},
			{file: "func.go", old: "f.baseObject.getOwnPropStr(name)", with: "f.baseFuncObject.getOwnPropStr(name)"},
			{file: "func.go", old: "f.baseObject.setOwnStr(name, val, throw)", with: "f.baseFuncObject.setOwnStr(name, val, throw)"},
			{file: "func.go", old: "f.baseObject.defineOwnPropertyStr(name, descr, throw)", with: "f.baseFuncObject.defineOwnPropertyStr(name, descr, throw)"},
			{file: "func.go", old: "f.baseObject.deleteStr(name, throw)", with: "f.baseFuncObject.deleteStr(name, throw)"},
			{file: "func.go", old: "f.baseObject.hasOwnPropertyStr(name)", with: "f.baseFuncObject.hasOwnPropertyStr(name)"},
		},
	},
	{
		name: "properties in a list",
		reason: "Every object and every array had a Go map for its properties: 312 bytes for the first one. " +
			"They lie in a list beside their names, with a small index for more than eight, and what few objects have is " +
			"behind one pointer.",
		add: []string{"props.go"},
		swaps: []swap{
			{
				file: "object.go",
				old: "\tvalues    map[unistring.String]Value\n\tpropNames []unistring.String\n\n" +
					"\tlastSortedPropLen, idxPropCount int\n\n\tsymValues *orderedMap\n\n" +
					"\tprivateElements map[*privateEnvType]*privateElements\n",
				with: "\tvalues\n\n\tlastSortedPropLen, idxPropCount int32\n\n\tsymValues *orderedMap\n",
			},
			{file: "object.go", old: "o.values = make(map[unistring.String]Value)", with: "o.values = values{}"},
			{file: "object.go", old: "i < o.lastSortedPropLen {", with: "i < int(o.lastSortedPropLen) {"},
			{file: "object.go", old: "i < o.idxPropCount {", with: "i < int(o.idxPropCount) {"},
			{file: "object.go", old: "o.lastSortedPropLen < len(o.propNames)", with: "int(o.lastSortedPropLen) < len(o.propNames)"},
			{file: "object.go", old: "i := o.lastSortedPropLen; i", with: "i := int(o.lastSortedPropLen); i"},
			{file: "object.go", old: "sort.Search(o.idxPropCount,", with: "sort.Search(int(o.idxPropCount),"},
			{file: "object.go", old: "o.lastSortedPropLen = len(names)", with: "o.lastSortedPropLen = int32(len(names))"},
			{file: "object_template.go", old: "sort.Search(a.idxPropCount,", with: "sort.Search(int(a.idxPropCount),"},
			{file: "object_template.go", old: "j := a.idxPropCount - 1", with: "j := int(a.idxPropCount) - 1"},
			// The value comes before its name, and moves with it.
			{
				file: "object.go",
				old: "\tif _, exists := o.values[name]; !exists {\n\t\tnames := copyNamesIfNeeded(o.propNames, 1)\n" +
					"\t\to.propNames = append(names, name)\n\t}\n\n\to.values[name] = v\n",
				with: "\t_, exists := o.values[name]\n\to.values[name] = v\n\tif !exists {\n" +
					"\t\tnames := copyNamesIfNeeded(o.propNames, 1)\n\t\to.propNames = append(names, name)\n\t}\n",
			},
			{file: "object.go", old: "\t\t\tif k < i {\n", with: "\t\t\tif k < i {\n\t\t\t\to.values.move(i, k)\n"},
			{
				file: "builtin_error.go",
				old:  "\t\t\tcopy(e.propNames[1:], e.propNames)\n",
				with: "\t\t\te.values.move(len(e.propNames)-1, 0)\n\t\t\tcopy(e.propNames[1:], e.propNames)\n",
			},
			// The names of a template are not in propNames, so its objects have a map.
			{file: "object_template.go", old: "\to.init()\n", with: "\to.init()\n\to.values.widen()\n", times: 3},
			{file: "object.go", old: "env := o.privateElements[typ]", with: "env := o.values.private()[typ]"},
			{file: "object.go", old: "o.privateElements == nil", with: "o.values.private() == nil"},
			{
				file: "object.go", old: "o.privateElements = make(map[*privateEnvType]*privateElements)",
				with: "o.values.rare().private = make(map[*privateEnvType]*privateElements)",
			},
			{file: "object.go", old: "o.privateElements[typ] = env", with: "o.values.private()[typ] = env"},
		},
		tables: []table{
			{file: "object.go", field: "values", uses: 15},
			{file: "object_template.go", field: "values", uses: 7},
			{file: "object_args.go", field: "values", uses: 4},
			{file: "func.go", field: "values", uses: 3},
		},
	},
	{
		name: "literals share their names",
		reason: "Each object of a literal grew property by property, and had its own list of their names. It is now made " +
			"of its values in one step, and the list is the literal's.",
		add: []string{"literal.go"},
		swaps: []swap{
			{
				file: "compiler_expr.go", old: "\te.addSrcMap()\n\te.c.emit(newObject)\n",
				with: "\te.addSrcMap()\n\tif e.emitAtOnce(putOnStack) {\n\t\treturn\n\t}\n\te.c.emit(newObject)\n",
			},
			// A name leaves a list without room in a copy of the list, which may be that of a literal.
			{
				file: "object.go", old: "names := o.propNames\n\t\t\tif namesMarkedForCopy(names) {",
				with: "names := o.propNames\n\t\t\tif namesMarkedForCopy(names) || cap(names) == len(names) {",
			},
		},
	},
	{
		name: "plain objects are read at once",
		reason: "Reading an object from Go took an iterator, a string object for each name, and a search for each value; " +
			"setting a property took a deferred function. That was a third of the time of a setData.",
		add: []string{"fields.go"},
		swaps: []swap{{
			file: "value.go",
			old:  "func (o *Object) Keys() (keys []string) {\n",
			with: "func (o *Object) Keys() (keys []string) {\n\tif plain, ok := o.self.(*baseObject); ok {\n\t\treturn plain.enumerableNames()\n\t}\n",
		}},
	},
	{
		name: "properties of characters in regular expressions",
		reason: "\\p{…} and \\P{…} with the flag u were read as the letters p and P, so that /\\p{L}/u matched nothing " +
			"and nobody was told.",
		add: []string{"property.go", "property_tables.go"},
		swaps: []swap{{
			file: "builtin_regexp.go",
			old:  "patternStr = convertRegexpToUnicode(patternStr)\n",
			with: "patternStr, err = expandProperties(convertRegexpToUnicode(patternStr))\n\t\tif err != nil {\n\t\t\treturn\n\t\t}\n",
		}},
	},
	{
		name: "a time zone for each runtime",
		reason: "Dates were in the zone of the process, which serves people in many: in Shanghai every \"today\" between " +
			"0:00 and 8:00 was yesterday.",
		add: []string{"zone.go"},
		swaps: []swap{
			{file: "runtime.go", old: "type Runtime struct {\n", with: "type Runtime struct {\n\tzone *time.Location\n"},
			{file: "date.go", old: "return timeFromMsec(d.msec)\n", with: "return timeFromMsec(d.msec).In(d.val.runtime.location())\n"},
			{file: "date.go", old: "func dateParse(date string)", with: "func dateParse(date string, local *time.Location)"},
			{file: "date.go", old: "loc = time.Local", with: "loc = local"},
			{file: "date.go", old: "t.Local().Format(", with: "t.Format("},
			{file: "builtin_date.go", old: "dateFormat(r.now())", with: "dateFormat(r.now().In(r.location()))"},
			{file: "builtin_date.go", old: "dateParse(val.String())", with: "dateParse(val.String(), r.location())"},
			{file: "builtin_date.go", old: "dateParse(call.Argument(0).toString().String())", with: "dateParse(call.Argument(0).toString().String(), r.location())"},
			{file: "runtime.go", old: "dateParse(v.String())", with: "dateParse(v.String(), r.location())"},
			{file: "builtin_date.go", old: "0, 0, 0, 0, time.Local)", with: "0, 0, 0, 0, r.location())", times: 2},
			{file: "builtin_date.go", old: "loc = time.Local", with: "loc = t.Location()"},
		},
	},
	{
		name: "plain calls are cheap",
		reason: "One bound was for calls of functions, which cost little, and for those that go through Go, which take " +
			"seconds to unwind when they are deep: a recursion of 400 was a RangeError, where V8 allows 10,000.",
		add: []string{"stack.go"},
		swaps: []swap{
			{file: "vm.go", old: "if len(vm.callStack) > vm.maxCallStackSize {", with: "if len(vm.callStack) > vm.maxCallStackSize && vm.tooDeep() {"},
		},
	},
	{
		name:   "low bits of large numbers",
		reason: "Numbers from 2 to the power of 63 on were 0 to bit operators and typed arrays: 1e21 | 0 is -559939584.",
		add:    []string{"integer.go"},
		swaps: []swap{
			{file: "runtime.go", old: "int32(int64(f))", with: "int32(wrapped(f))", times: 2},
			{file: "runtime.go", old: "int16(int64(f))", with: "int16(wrapped(f))", times: 2},
			{file: "runtime.go", old: "int8(int64(f))", with: "int8(wrapped(f))", times: 2},
		},
	},
	{
		name: "an object is one piece of memory",
		reason: "Every plain object, array and function of a program was two pieces, of which one is 24 bytes that point to the " +
			"other. What has symbols is rare, and is now behind the pointer for what is rare. An object of a literal is one with " +
			"the values of its properties.",
		add: []string{"born.go"},
		swaps: []swap{
			{file: "object.go", old: "\n\tsymValues *orderedMap\n", with: ""},
			{file: "object.go", old: "o.symValues = newOrderedMap(nil)", with: "o.rare().symbols = newOrderedMap(nil)", times: 3},
			{file: "object.go", old: "o.symValues", with: "o.bySymbol()", times: 24},
			{file: "object_template.go", old: "o.symValues = newOrderedMap(nil)", with: "o.rare().symbols = newOrderedMap(nil)"},
			{file: "object_template.go", old: "o.symValues", with: "o.bySymbol()", times: 5},
			{
				file: "runtime.go",
				old:  "func (r *Runtime) newBaseObject(proto *Object, class string) (o *baseObject) {\n\tv := &Object{runtime: r}\n\treturn newBaseObjectObj(v, proto, class)\n",
				with: "func (r *Runtime) newBaseObject(proto *Object, class string) (o *baseObject) {\n\treturn r.bornObject(proto, class)\n",
			},
			{
				file: "builtin_array.go",
				old:  "\tv := &Object{runtime: r}\n\n\ta = &arrayObject{}\n\ta.class = classArray\n\ta.val = v\n",
				with: "\ta, v := r.bornArray()\n\ta.class = classArray\n",
			},
			{file: "runtime.go", old: "\tf = &methodFuncObject{}\n", with: "\tf = r.bornMethod()\n"},
			{file: "runtime.go", old: "\tf = &arrowFuncObject{}\n", with: "\tf = r.bornArrow()\n"},
			{
				file: "runtime.go",
				old:  "func (r *Runtime) initBaseJsFunction(f *baseJsFuncObject, strict bool) {\n\tv := &Object{runtime: r}\n",
				with: "func (r *Runtime) initBaseJsFunction(f *baseJsFuncObject, strict bool) {\n\tv := f.val\n\tif v == nil {\n\t\tv = &Object{runtime: r}\n\t}\n",
			},
		},
	},
	{
		name: "arrays grow without asking",
		reason: "push read the length and set it again as properties, and each new element of an array asked the prototypes for a " +
			"property by its number as text: together four allocations.",
		add: []string{"arrays.go"},
		swaps: []swap{
			{
				file: "builtin_array.go",
				old:  "\tobj := call.This.ToObject(r)\n\treturn r.generic_push(obj, call)\n",
				with: "\tobj := call.This.ToObject(r)\n\tif a, ok := obj.self.(*arrayObject); ok {\n\t\tif length, ok := a.push(call.Arguments); ok {\n\t\t\treturn length\n\t\t}\n\t}\n\treturn r.generic_push(obj, call)\n",
			},
			{
				file: "object_template.go",
				old: "func (o *templatedObject) setForeignIdx(name valueInt, val, receiver Value, throw bool) (bool, bool) {\n" +
					"\treturn o.setForeignStr(name.string(), val, receiver, throw)\n}\n",
				with: "",
			},
		},
	},
	{
		name: "functions are small until they are used",
		reason: "A program by Taro with React makes 2,800 functions to show its first page, and calls or changes few of them. " +
			"Each was 176 bytes: now 64 until something but a call is asked of it.",
		add: []string{"young.go"},
		swaps: []swap{
			{
				file: "vm.go",
				old: "\tobj := vm.r.newFunc(n.name, n.length, n.strict)\n\tobj.prg = n.prg\n\tobj.stash = vm.stash\n" +
					"\tobj.privEnv = vm.privEnv\n\tobj.src = n.source\n\tvm.push(obj.val)\n",
				with: "\tvm.push(vm.r.youngFunc(n, vm.stash, vm.privEnv))\n",
			},
			{
				file: "runtime.go",
				old: "func (r *Runtime) newFunc(name unistring.String, length int, strict bool) (f *funcObject) {\n\tf = &funcObject{}\n" +
					"\tr.initBaseJsFunction(&f.baseJsFuncObject, strict)\n\tf.val.self = f\n\tf.init(name, intToValue(int64(length)))\n\treturn\n}\n",
				with: "",
			},
			{
				file: "runtime.go",
				old:  "\tcase *funcObject:\n\t\tstrict = fn.strict\n",
				with: "\tcase *youngFunc:\n\t\tstrict = fn.made.strict\n\tcase *funcObject:\n\t\tstrict = fn.strict\n",
			},
			{
				file: "func.go",
				old: "func (f *baseJsFuncObject) __call(args []Value, newTarget, this Value) (Value, *Exception) {\n\tvm := f.val.runtime.vm\n\n" +
					"\tvm.stack.expand(vm.sp + len(args) + 1)\n\tvm.stack[vm.sp] = f.val\n",
				with: "func (f *baseJsFuncObject) __call(args []Value, newTarget, this Value) (Value, *Exception) {\n" +
					"\treturn f.code().call(f.val, args, newTarget, this)\n}\n\n" +
					"func (f funcCode) call(val *Object, args []Value, newTarget, this Value) (Value, *Exception) {\n\tvm := val.runtime.vm\n\n" +
					"\tvm.stack.expand(vm.sp + len(args) + 1)\n\tvm.stack[vm.sp] = val\n",
			},
			{file: "func.go", old: "func (f *baseJsFuncObject) vmCall(vm *vm, n int) {\n", with: "func (f *baseJsFuncObject) vmCall(vm *vm, n int) { f.code().vmCall(vm, n) }\n\nfunc (f funcCode) vmCall(vm *vm, n int) {\n"},
		},
	},
	{
		name: "maps and sets are their entries and little more",
		reason: "A Map, a Set and the symbols of an object each had a map of Go beside the list of their entries: 160 bytes " +
			"more for one entry than a short list of places takes, and 700 more for forty.",
		add: []string{"maps.go"},
		swaps: []swap{
			{file: "map.go", old: "hashTable           map[uint64]*mapEntry", with: "hashTable entryTable"},
			{file: "map.go", old: "make(map[uint64]*mapEntry)", with: "newEntryTable()", times: 2},
			{file: "map.go", old: "\t\tm.size++\n", with: "\t\tm.size++\n\t\tm.grow()\n"},
		},
		tables: []table{{file: "map.go", field: "hashTable", uses: 4}},
	},
	{
		name: "errors in the words of V8",
		reason: "A call of what is not there was \"Value is not an object: undefined\" or \"Object has no member\": neither names " +
			"the call, and no developer has met them before. Names that are not ASCII were not readable.",
		add: []string{"words.go"},
		swaps: []swap{
			{
				file: "vm.go",
				old: "\tcase memberUnresolved:\n\t\tpanic(vm.r.NewTypeError(\"Object has no member '%s'\", unresolved.ref))\n\t}\n" +
					"\tpanic(vm.r.NewTypeError(\"Value is not an object: %s\", v.toString()))\n",
				with: "\t}\n\tpanic(vm.uncalled(v))\n",
			},
			{file: "object.go", old: "panic(vm.r.NewTypeError(\"Not a function: %s\", o.val.toString()))", with: "panic(vm.uncalled(o.val))"},
			{file: "vm.go", old: "ctor := vm.r.toConstructor(obj)\n", with: "ctor := vm.constructorOf(obj)\n"},
			{
				file: "runtime.go",
				old:  "\tif call, ok := r.toObject(v).self.assertCallable(); ok {\n\t\treturn call\n\t}\n\tr.typeErrorResult(true, \"Value is not callable: %s\", v.toString())\n\treturn nil\n",
				with: "\tif obj, ok := v.(*Object); ok {\n\t\tif call, ok := obj.self.assertCallable(); ok {\n\t\t\treturn call\n\t\t}\n\t}\n\tpanic(r.NewTypeError(\"%s is not a function\", inWords(v)))\n",
			},
			{file: "vm.go", old: "vm.r.NewTypeError(\"Cannot read property '%s' of undefined\", g)", with: "vm.unread(v, named(g))", times: 3},
			{file: "vm.go", old: "vm.r.NewTypeError(\"Cannot read property '%s' of undefined or null\", n)", with: "vm.unread(v, named(n))"},
			{file: "vm.go", old: "vm.r.NewTypeError(\"Cannot read property '%s' of undefined\", vm.stack[vm.sp-1])", with: "vm.unread(v, vm.stack[vm.sp-1])", times: 3},
			{file: "vm.go", old: "vm.r.NewTypeError(\"Cannot read property '%s' of undefined\", vm.stack[vm.sp-2])", with: "vm.unread(v, vm.stack[vm.sp-2])"},
			{file: "vm.go", old: "vm.r.NewTypeError(\"Cannot read property '%s' of undefined\", propName.String())", with: "vm.unread(v, propName)"},
			{file: "vm.go", old: "vm.stack[vm.sp-2].ToObject(vm.r).self.setOwnStr(unistring.String(p), val, false)", with: "vm.settable(vm.stack[vm.sp-2], named(p)).self.setOwnStr(unistring.String(p), val, false)", times: 2},
			{file: "vm.go", old: "base := receiver.ToObject(vm.r)\n\t\tbase.setStr(", with: "base := vm.settable(receiver, named(propName))\n\t\tbase.setStr(", times: 2},
			{file: "vm.go", old: "base := receiver.ToObject(vm.r)\n\t\tbase.set(", with: "base := vm.settable(receiver, propName)\n\t\tbase.set(", times: 2},
			{file: "vm.go", old: "obj := vm.stack[vm.sp-3].ToObject(vm.r)\n", with: "obj := vm.settable(vm.stack[vm.sp-3], vm.stack[vm.sp-2])\n", times: 3},
			{file: "vm.go", old: "vm.r.checkObjectCoercible(v)", with: "vm.destructurable(v)"},
			{file: "vm.go", old: "vm.r.checkObjectCoercible(vm.stack[vm.sp-1])", with: "vm.destructurable(vm.stack[vm.sp-1])"},
			{
				file: "runtime.go",
				old:  "\t\tmethod = toMethod(r.getV(obj, SymIterator))\n\t\tif method == nil {\n\t\t\tpanic(r.NewTypeError(\"object is not iterable\"))\n",
				with: "\t\tif obj != _undefined && obj != _null {\n\t\t\tmethod = toMethod(r.getV(obj, SymIterator))\n\t\t}\n\t\tif method == nil {\n\t\t\tpanic(r.uniterable(obj))\n",
			},
			{file: "builtin_json.go", old: "panic(r.newErrorf(r.getSyntaxError(), \"Unexpected end of JSON input (%v)\", err.Error()))", with: "panic(r.newError(r.getSyntaxError(), \"Unexpected end of JSON input\"))"},
			{file: "builtin_json.go", old: "if tok, err := d.Token(); err != io.EOF {\n\t\tpanic(r.newErrorf(r.getSyntaxError(), \"Unexpected token at the end: %v\", tok))", with: "if _, err := d.Token(); err != io.EOF {\n\t\tpanic(r.newError(r.getSyntaxError(), notJSON(call.Argument(0).toString().String())))"},
			{file: "builtin_json.go", old: "panic(r.newError(r.getSyntaxError(), err.Error()))", with: "panic(r.newError(r.getSyntaxError(), notJSON(call.Argument(0).toString().String())))"},
		},
	},
	{
		name: "variables before their declaration",
		reason: "The vendor's compiler makes let and const into var, so that `const x = x && 1` is undefined there; by the " +
			"standard it is a ReferenceError, and public programs that do it did not run.",
		add: []string{"early.go"},
		swaps: []swap{
			{file: "runtime.go", old: "type Runtime struct {\n", with: "type Runtime struct {\n\tearlyUndefined bool\n"},
			{file: "vm.go", old: "\tif *p == nil {\n\t\tvm.throw(errAccessBeforeInit)\n\t\treturn\n\t}\n", with: "\tif *p == nil {\n\t\tvm.early()\n\t\treturn\n\t}\n", times: 2},
			{file: "vm.go", old: "\tif v == nil {\n\t\tvm.throw(errAccessBeforeInit)\n\t\treturn\n\t}\n", with: "\tif v == nil {\n\t\tvm.early()\n\t\treturn\n\t}\n"},
			{file: "vm.go", old: "\t\tif v == nil {\n\t\t\tvm.throw(errAccessBeforeInit)\n\t\t\treturn\n\t\t}\n", with: "\t\tif v == nil {\n\t\t\tvm.early()\n\t\t\treturn\n\t\t}\n"},
			{file: "vm.go", old: "\tif *p != nil {\n\t\t*p = vm.stack[vm.sp-1]\n\t} else {\n\t\tpanic(errAccessBeforeInit)\n\t}\n", with: "\tif *p == nil {\n\t\tvm.setEarly()\n\t}\n\t*p = vm.stack[vm.sp-1]\n", times: 2},
			{file: "vm.go", old: "\tif *p == nil {\n\t\tpanic(errAccessBeforeInit)\n\t}\n\t*p = v\n\tvm.pc++\n", with: "\tif *p == nil {\n\t\tvm.setEarly()\n\t}\n\t*p = v\n\tvm.pc++\n"},
		},
	},
	{
		name: "numbers join texts at once",
		reason: "'Card ' + i made a text of the number, a value of that, and then the text of both: five allocations, " +
			"and now two. Programs do it for every row of a list.",
		add: []string{"numbers.go"},
		swaps: []swap{{
			file: "vm.go",
			old:  "\tif isLeftString || isRightString {\n",
			with: "\tif text, ok := joined(left, right); ok {\n\t\tret = text\n\t} else if isLeftString || isRightString {\n",
		}},
	},
	{
		name: "constants are computed within bounds",
		reason: "The compiler computed constant expressions while it compiled: 7n ** (10n ** 8n) kept it for half a minute, where " +
			"nothing interrupts it, and a sum of 20,000 terms took time by their square, because each part was asked again " +
			"whether it is constant.",
		add: []string{"constants.go"},
		swaps: []swap{
			{
				file: "compiler_expr.go",
				old:  "func (e *compiledUnaryExpr) constant() bool {\n\treturn e.operand.constant()\n",
				with: "func (e *compiledUnaryExpr) constant() bool {\n\treturn isConstant(e, maxConstantDepth)\n",
			},
			{
				file: "compiler_expr.go",
				old:  "func (e *compiledBinaryExpr) constant() bool {\n\treturn e.left.constant() && e.right.constant()\n",
				with: "func (e *compiledBinaryExpr) constant() bool {\n\treturn isConstant(e, maxConstantDepth)\n",
			},
			{
				file: "compiler_expr.go",
				old:  "func (e *compiledLogicalOr) constant() bool {\n\tif e.left.constant() {\n\t\tif v, ex := e.c.evalConst(e.left); ex == nil {\n\t\t\tif v.ToBoolean() {\n\t\t\t\treturn true\n\t\t\t}\n\t\t\treturn e.right.constant()\n\t\t} else {\n\t\t\treturn true\n\t\t}\n\t}\n\n\treturn false\n",
				with: "func (e *compiledLogicalOr) constant() bool {\n\treturn isConstant(e, maxConstantDepth)\n",
			},
			{
				file: "compiler_expr.go",
				old:  "func (e *compiledCoalesce) constant() bool {\n\tif e.left.constant() {\n\t\tif v, ex := e.c.evalConst(e.left); ex == nil {\n\t\t\tif v != _null && v != _undefined {\n\t\t\t\treturn true\n\t\t\t}\n\t\t\treturn e.right.constant()\n\t\t} else {\n\t\t\treturn true\n\t\t}\n\t}\n\n\treturn false\n",
				with: "func (e *compiledCoalesce) constant() bool {\n\treturn isConstant(e, maxConstantDepth)\n",
			},
			{
				file: "compiler_expr.go",
				old:  "func (e *compiledLogicalAnd) constant() bool {\n\tif e.left.constant() {\n\t\tif v, ex := e.c.evalConst(e.left); ex == nil {\n\t\t\tif !v.ToBoolean() {\n\t\t\t\treturn true\n\t\t\t} else {\n\t\t\t\treturn e.right.constant()\n\t\t\t}\n\t\t} else {\n\t\t\treturn true\n\t\t}\n\t}\n\n\treturn false\n",
				with: "func (e *compiledLogicalAnd) constant() bool {\n\treturn isConstant(e, maxConstantDepth)\n",
			},
		},
	},
	{
		name: "expressions know where they begin",
		reason: "Where an expression begins was asked of its left side, and of that one's left side, for each part of it again: " +
			"a sum of 20,000 terms, or a chain of as many calls, took time by the square of its length to compile.",
		add: []string{"ast/start.go"},
		swaps: []swap{
			{
				file: "ast/node.go",
				old:  "\tBinaryExpression struct {\n\t\tOperator   token.Token\n",
				with: "\tBinaryExpression struct {\n\t\tstart\n\t\tOperator   token.Token\n",
			},
			{
				file: "ast/node.go",
				old:  "\tBracketExpression struct {\n\t\tLeft         Expression\n",
				with: "\tBracketExpression struct {\n\t\tstart\n\t\tLeft         Expression\n",
			},
			{
				file: "ast/node.go",
				old:  "\tCallExpression struct {\n\t\tCallee           Expression\n",
				with: "\tCallExpression struct {\n\t\tstart\n\t\tCallee           Expression\n",
			},
			{
				file: "ast/node.go",
				old:  "\tDotExpression struct {\n\t\tLeft       Expression\n",
				with: "\tDotExpression struct {\n\t\tstart\n\t\tLeft       Expression\n",
			},
			{
				file: "ast/node.go",
				old:  "func (self *BinaryExpression) Idx0() file.Idx      { return self.Left.Idx0() }",
				with: "func (self *BinaryExpression) Idx0() file.Idx { return self.start.of(self.Left) }",
			},
			{
				file: "ast/node.go",
				old:  "func (self *BracketExpression) Idx0() file.Idx     { return self.Left.Idx0() }",
				with: "func (self *BracketExpression) Idx0() file.Idx { return self.start.of(self.Left) }",
			},
			{
				file: "ast/node.go",
				old:  "func (self *CallExpression) Idx0() file.Idx        { return self.Callee.Idx0() }",
				with: "func (self *CallExpression) Idx0() file.Idx { return self.start.of(self.Callee) }",
			},
			{
				file: "ast/node.go",
				old:  "func (self *DotExpression) Idx0() file.Idx         { return self.Left.Idx0() }",
				with: "func (self *DotExpression) Idx0() file.Idx { return self.start.of(self.Left) }",
			},
		},
	},
	{
		name: "native functions are small until they are used",
		reason: "A program by Taro asks for every member of wx: 480 functions of Go, of 152 bytes each, of which it calls few. " +
			"A function of Go is now 64 bytes until something but a call is asked of it, as those of programs are.",
		add: []string{"natives.go"},
		swaps: []swap{
			{
				file: "runtime.go",
				old: "\tv := &Object{runtime: r}\n\n\tf := &nativeFuncObject{\n\t\tbaseFuncObject: baseFuncObject{\n\t\t\tbaseObject: baseObject{\n" +
					"\t\t\t\tclass:      classFunction,\n\t\t\t\tval:        v,\n\t\t\t\textensible: true,\n" +
					"\t\t\t\tprototype:  r.getFunctionPrototype(),\n\t\t\t},\n\t\t},\n\t\tf: call,\n\t}\n" +
					"\tv.self = f\n\tf.init(name, intToValue(int64(length)))\n\treturn v\n",
				with: "\treturn r.youngNative(call, name, length)\n",
			},
			{
				file: "func.go",
				old:  "func (f *nativeFuncObject) vmCall(vm *vm, n int) {\n\tif f.f != nil {\n",
				with: "func (f *nativeFuncObject) vmCall(vm *vm, n int) { callNative(f.f, vm, n) }\n\nfunc callNative(f func(FunctionCall) Value, vm *vm, n int) {\n\tif f != nil {\n",
			},
			{file: "func.go", old: "ret := f.f(FunctionCall{", with: "ret := f(FunctionCall{"},
		},
	},
	{
		name: "what a call leaves to its closures is small",
		reason: "The variables that functions inside keep took 80 bytes beside themselves, of which 24 were for arguments beyond " +
			"the parameters, which few calls have. They are behind a pointer, and it is 64.",
		add: []string{"stash.go"},
		swaps: []swap{
			{file: "vm.go", old: "\textraArgs []Value\n", with: "\textraArgs *[]Value\n"},
			{
				file: "vm.go", times: 2,
				old:  "\t\t\tvm.stash.extraArgs = make([]Value, offset)\n\t\t\tcopy(stash.extraArgs, vm.stack[sp-offset:])\n",
				with: "\t\t\tstash.keepExtra(vm.stack[sp-offset : sp])\n",
			},
			{file: "vm.go", old: "range vm.stash.extraArgs {", with: "range vm.stash.extra() {", times: 2},
			{file: "vm.go", old: "vm.r.newArrayValues(vm.stash.extraArgs)", with: "vm.r.newArrayValues(vm.stash.extra())"},
		},
	},
	{
		name: "accessors on objects of Go",
		reason: "Object.defineProperty(wx, 'request', {get}) was an error, and so were the setters that ECharts of 2018 puts on the " +
			"context of its canvas.",
		add: []string{"accessors.go"},
		swaps: []swap{{
			file: "object_dynamic.go",
			old:  "Str(name unistring.String, desc PropertyDescriptor, throw bool) bool {\n\tif o.checkDynamicObjectPropertyDescr(name, desc, throw) {\n\t\treturn o._set(name.String(), desc.Value, throw)\n",
			with: "Str(name unistring.String, desc PropertyDescriptor, throw bool) bool {\n\tif done, known := o.define(name.String(), desc, throw); known {\n\t\treturn done\n\t}\n\tif o.checkDynamicObjectPropertyDescr(name, desc, throw) {\n\t\treturn o._set(name.String(), desc.Value, throw)\n",
		}},
	},
}
