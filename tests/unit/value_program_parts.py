"""
What random programs about values are made of: the kinds of values, the types and functions that each program has, and
the templates of expressions.
"""

# ruff: noqa: E501

from __future__ import annotations

import re

TYPES = {
    "i": "i64",
    "s": "string",
    "a": "[i64]",
    "g": "[[i64]]",
    "z": "[string]",
    "r": "Rec",
    "R": "[Rec]",
    "t": "Tree<i64>",
    "l": "List",
    "e": "Event",
    "E": "[Event]",
    "b": "Big",
    "h": "Held",
    "f": "func(i64) -> i64",
    "F": "[func(i64) -> i64]",
    "k": "func([i64]) -> [i64]",
    "y": "any Thing",
    "Y": "[any Thing]",
    "o": "i64?",
    "p": "[i64]?",
    "q": "Result<i64, string>",
    "u": "(i64, [i64])",
    "U": "[(i64, [i64])]",
    "m": "Map<i64, i64>",
    "n": "Map<i64, [i64]>",
    "x": "[i64; 3]",
    "w": "Wide",
}
"""The kinds of values."""

HIDDEN = "hfFk"
"""Kinds that have no text form."""

PRELUDE = """\
#[derive(Eq, Show, Debug)]
enum Tree<T> { Leaf, One(T), Node(Tree<T>, T, Tree<T>) }
#[derive(Eq, Show, Debug)]
enum List { Nil, Cons(string, List), Wide([i64], List) }
#[derive(Eq, Show, Debug)]
struct Rec { n: i64, xs: [i64], s: string }
#[derive(Eq, Show, Debug)]
enum Event { Stop, Number(i64), Text(string), Many([i64]), Pair { left: [i64], right: string }, Deep(Rec), Again(Event) }
#[derive(Eq, Show, Debug)]
struct Big { r: Rec, rows: [[i64]], m: Map<i64, i64>, t: Tree<i64>, o: [i64]?, e: Event, u: (i64, [i64]), rs: [Rec] }
#[derive(Eq, Show, Debug)]
struct Wide { x: [i64; 3], a: [i64], b: [i64], n: i64 }
struct Held { f: func(i64) -> i64, xs: [i64], g: func([i64]) -> [i64] }
trait Thing: Show { func value(self) -> i64; func change(inout self, by: i64) -> i64; func all(self) -> [i64]; }
impl Thing for Rec {
    func value(self) -> i64 { self.n }
    func change(inout self, by: i64) -> i64 { self.n = (self.n + by) % 1009; if self.xs.len() < 6 { self.xs.push(by); } self.n }
    func all(self) -> [i64] { self.xs }
}
#[derive(Show)]
struct Tally { count: i64 }
impl Thing for Tally {
    func value(self) -> i64 { self.count }
    func change(inout self, by: i64) -> i64 { self.count += 1; by }
    func all(self) -> [i64] { [self.count; 2] }
}
impl Rec {
    func add(inout self, v: i64) -> i64 { if self.xs.len() < 8 { self.xs.push(v); } self.n = (self.n + v) % 1009; self.n }
    func mapped(self, f: func(i64) -> i64) -> Rec { Rec { n: f(self.n), xs: self.xs.map(f), s: self.s } }
}
impl Big {
    func step(inout self, k: i64) -> i64 {
        self.m[k] = self.r.n;
        if self.rows.len() > 0 { let i = at(k, self.rows.len()); if self.rows[i].len() < 7 { self.rows[i].push(k); } }
        self.u.1 = short(self.u.1 + 1);
        if let Some(xs) = self.o { self.r.xs = short(xs); }
        self.r.add(k)
    }
}
impl Wide {
    func tick(inout self) -> i64 {
        self.x[at(self.n, 3)] += 1;
        if self.a.len() > 0 { self.a[at(self.n, self.a.len())] += 2; }
        if self.b.len() < 8 { self.b.push(self.n); }
        self.n = (self.n * 3 + 1) % 1009;
        self.n
    }
}
func at(i: i64, n: i64) -> i64 { let k = i % n; if k < 0 { k + n } else { k } }
func pick(xs: [i64], i: i64) -> i64 { if xs.len() == 0 { -1 } else { xs[at(i, xs.len())] } }
func short(xs: [i64]) -> [i64] { if xs.len() > 6 { xs[..6] } else { xs } }
func cut(s: string) -> string { if s.len() > 12 { s[0..12] } else { s } }
func few<T>(xs: [T]) -> [T] { xs.take(4) }
func bump(xs: inout [i64]) -> i64 { let t = 0; for x in &xs { x = (x * 3 + 1) % 991; t += x; } t % 997 }
func nothing() -> i64? { None }
func no_array() -> [i64]? { None }
func some<T>(v: T) -> T? { Some(v) }
func good(v: i64) -> Result<i64, string> { Ok(v) }
func bad(s: string) -> Result<i64, string> { Err(s) }
func leaf() -> Tree<i64> { Tree::Leaf }
func three(a: i64, b: i64, c: i64) -> [i64; 3] { [a, b, c] }
func tell(i: i64) -> i64 { print("tell", i); i }
func trim(t: Tree<i64>, depth: i64) -> Tree<i64> {
    match t {
        Tree::Node(l, v, r) => if depth == 0 { Tree::One(v) } else { Tree::Node(trim(l, depth - 1), v % 1009, trim(r, depth - 1)) },
        other => other,
    }
}
func calm(e: Event, depth: i64) -> Event {
    match e {
        Event::Again(f) if depth > 0 => Event::Again(calm(f, depth - 1)),
        Event::Again(_) => Event::Stop,
        Event::Text(s) => Event::Text(cut(s)),
        Event::Many(xs) => Event::Many(short(xs)),
        Event::Pair { left, right } => Event::Pair { left: short(left), right: cut(right) },
        other => other,
    }
}
func ends(l: List, depth: i64) -> List {
    match l {
        List::Cons(s, rest) => if depth == 0 { List::Nil } else { List::Cons(cut(s), ends(rest, depth - 1)) },
        List::Wide(xs, rest) => if depth == 0 { List::Nil } else { List::Wide(short(xs), ends(rest, depth - 1)) },
        List::Nil => List::Nil,
    }
}
func insert(t: Tree<i64>, v: i64) -> Tree<i64> {
    match t {
        Tree::Leaf => Tree::One(v),
        Tree::One(w) if w < v => Tree::Node(Tree::One(w), v, Tree::Leaf),
        Tree::One(w) => Tree::Node(Tree::Leaf, v, Tree::One(w)),
        Tree::Node(l, w, r) => if v < w { Tree::Node(insert(l, v), w, r) } else { Tree::Node(l, w, insert(r, v)) },
    }
}
func total(t: Tree<i64>) -> i64 {
    match t { Tree::Leaf => 0, Tree::One(v) => v, Tree::Node(l, v, r) => (total(l) + v + total(r)) % 1009 }
}
func mapped<T, U>(t: Tree<T>, f: func(T) -> U) -> Tree<U> {
    match t {
        Tree::Leaf => Tree::Leaf,
        Tree::One(v) => Tree::One(f(v)),
        Tree::Node(l, v, r) => Tree::Node(mapped(l, f), f(v), mapped(r, f)),
    }
}
func length(l: List) -> i64 {
    match l { List::Nil => 0, List::Cons(s, rest) => s.len() + length(rest), List::Wide(xs, rest) => xs.len() + length(rest) }
}
func weigh(e: Event) -> i64 {
    match e {
        Event::Stop => 0,
        Event::Number(n @ 0..=9) => n + 100,
        Event::Number(n) => n,
        Event::Text(s) => s.len(),
        Event::Many([]) => -3,
        Event::Many([only]) => only,
        Event::Many([first, .., last]) => first - last,
        Event::Pair { left, right } => left.len() * 10 + right.len(),
        Event::Deep(Rec { n, xs, .. }) => n + xs.len(),
        Event::Again(Event::Again(inner)) => 1 + weigh(inner),
        Event::Again(inner) => 2 + weigh(inner),
    }
}
func grow(e: inout Event, k: i64) {
    e = match e {
        Event::Many(xs) => { let ys = short(xs); ys.push(k); Event::Many(ys) },
        Event::Pair { left, right } => { left.push(k); Event::Pair { left: short(left), right } },
        Event::Deep(r) => { r.add(k); Event::Deep(r) },
        Event::Number(n) => Event::Again(Event::Number((n + k) % 1009)),
        other => other,
    };
}
func positive(i: i64) -> Result<i64, string> { if i < 0 { Err(f"negative {i}") } else { Ok(i) } }
func half(i: i64) -> i64? { if i % 2 == 0 { Some(i / 2) } else { None } }
func compose(f: func(i64) -> i64, g: func(i64) -> i64) -> func(i64) -> i64 { |v| g(f(v)) }
func twice(f: func(i64) -> i64, v: i64) -> i64 { f(f(v)) }
func apply(xs: inout [i64], f: func(i64) -> i64) { for x in &xs { x = f(x) % 1009; } }
func visit(xs: [i64], f: func(i64, inout [i64]) -> bool) -> [i64] { let out = []; for x in xs { if !f(x, &out) { break; } } out }
func counter(n: i64) -> func(i64) -> i64 { let xs = [n; 3]; |v| v + xs[at(v, 3)] }
func pick_fn(fs: [func(i64) -> i64], i: i64) -> func(i64) -> i64 { if fs.len() == 0 { |v| v } else { fs[at(i, fs.len())] } }
func largest<T: Thing>(things: [T]) -> i64 { let best = -1; for t in things { if t.value() > best { best = t.value(); } } best }
"""


def _alternatives(text: str) -> list[str]:
    """What a table separates by line breaks and by semicolons without a space behind them."""
    return re.split(r";(?! )|\n", text.strip())


TEMPLATES: dict[str, list[str]] = {
    "c": _alternatives("""
<i> < <i>;<i> == <i>;<a> == <a>;<t> == <t>;<e> == <e>;<s> == <s>;<a>.contains(<i>);<a>.any(|v| <c!v=i>)
<a>.len() > <i>;(<c> && <c>);(<c> || <c>);!(<c>);<o>.is_some();<q>.is_ok();<s> < <s>;<m>.contains(<i>)
<a>.all(|v| <c!v=i>);<r> == <r>
"""),
    "i": _alternatives("""
(<i> + <i>);(<i> - <i>);(<i> * <i> % 1009);pick(<a>, <i>);<a>.len();<a>.sum() % 1009;total(<t>);length(<l>)
weigh(<e>);<f>(<i>) % 1009;twice(<f>, <i>) % 1009;<y>.value();tell(<i>);<o>.unwrap_or(<i>);(if <c> { <i> } else { <i> })
<a>.fold(<i>, |p, v| (p + <i!p=i,v=i>) % 1009);<a>.map(|v| <i!v=i>).filter(|v| <c!v=i>).fold(0, |p, v| (p * 3 + v) % 1009)
<a>.iter().map(|v| <i!v=i>).filter(|v| <c!v=i>).take(4).sum() % 1009;(0..5).map(|v| <i!v=i>).sum() % 1009
(match <e> { Event::Number(v) => <i!v=i>, Event::Many(v) if <c!v=a> => <i!v=a>, Event::Pair { left, right } => <i!left=a,right=s>, Event::Deep(v) => <i!v=r>, _ => <i> })
(match <t> { Tree::Leaf => <i>, Tree::Node(Tree::One(v), w, d) => <i!v=i,w=i,d=t>, Tree::Node(v, w, d) if <c!v=t,w=i> => <i!v=t,w=i,d=t>, Tree::One(v) => v, _ => <i> })
(match <l> { List::Nil => <i>, List::Cons(v, List::Cons(w, d)) => <i!v=s,w=s,d=l>, List::Wide([v, ..w], d) => <i!v=i,w=a,d=l>, List::Cons(v, d) | List::Wide(_, List::Cons(v, d)) => <i!v=s,d=l>, List::Wide(v, _) => <i!v=a> })
(match <a> { [] => <i>, [v] => v, [v, w] => v - w, [v, ..w, d] => <i!v=i,w=a,d=i> })
(match <q> { Ok(v) => <i!v=i>, Err(v) => <i!v=s> });(if let Some(v) = <p> && v.len() > <i> { <i!v=a> } else { <i> })
<u>.0;<r>.n;<x>[at(<i>, 3)];largest(<R>);largest(<Y>);<m>.get_or(<i>, <i>);<m>.values().sum() % 1009
<a>.reduce(|v, w| <i!v=i,w=i>).unwrap_or(7);{ let v = <a>; let w = v; v.push(<i!v=a>); pick(v, <i!v=a>) + w.len() }
{ let v = <r>; let w = v; v.add(<i!v=r>); v.n + w.xs.len() };<Y>.map(|v| <i!v=y>).sum() % 1009
{ let f = <f>; [f(1), f(2), f(<i>)].sum() % 1009 };<s>.len();<g>.map(|v| <i!v=a>).sum() % 1009;[<i>, <i>].max().unwrap()
<a>.zip(<a>).map(|(v, w)| <i!v=i,w=i>).sum() % 1009;<g>.flatten().len();<a>.position(|v| <c!v=i>).unwrap_or(-1)
{ 'out: loop { let v = <i>; if <c!v=i> { break 'out <i!v=i>; } break v; } }
(match <u> { (0, v) => <i!v=a>, (v, []) => v, (v, w) if <c!v=i,w=a> => <i!v=i,w=a>, _ => <i> })
(<b>).r.n;<w>.n;<n>.get(<i>).map_or(<i>, |v| <i!v=a>);<U>.map(|(v, w)| <i!v=i,w=a>).sum() % 1009
{ let v = <y>; let w = v; let d = v.change(<i>); d + w.value() }
"""),
    "s": ["cut(<s> + <s>)", 'f"<{<i>}>"', 'cut(f"{<a>}")', "<s>", "<r>.s", 'cut(<z>.join("-"))',
          "(if <c> { <s> } else { <s> })", '(match <q> { Ok(v) => f"{v}", Err(v) => <s!v=s> })', 'cut(f"{<e>}")',
          "(match <l> { List::Cons(v, _) => v, List::Wide(v, w) => <s!v=a,w=l>, _ => <s> })"],
    "a": _alternatives("""
[<i>, <i>];[<i>; 3];<a>.map(|v| <i!v=i>);<a>.filter(|v| <c!v=i>);short(<a>);<a> + <i>;-<a>;<u>.1;<r>.xs
<a>.map(|v| <i!v=i>).filter(|v| <c!v=i>).map(|v| <i!v=i>);<a>.iter().filter(|v| <c!v=i>).map(|v| <i!v=i>).collect()
[<i!v=i> for v in <a>];[<i!v=i> for v in 0..4 if <c!v=i>];[<i!v=a,w=i> for v in few(<g>) for w in short(v)].take(5)
<k>(<a>);<p>.unwrap_or(<a>);(if <c> { <a> } else { <a> });<y>.all();<a>.sorted();<a>.reversed();<m>.keys();<m>.values()
(match <e> { Event::Many(v) => <a!v=a>, Event::Pair { left, .. } => left, Event::Deep(Rec { xs, n, .. }) if <c!n=i> => <a!xs=a,n=i>, Event::Again(v) => <a!v=e>, _ => <a> })
(match <l> { List::Wide(v, List::Wide(w, _)) => <a!v=a,w=a>, List::Wide(v, w) => <a!v=a,w=l>, List::Cons(v, _) => <a!v=s>, _ => <a> })
{ let v = <a>; let w = v; bump(&v); if <c!v=a,w=a> { v } else { w } };<r>.mapped(<f>).xs;<a>.scan(<i>, |v, w| <i!v=i,w=i>)
{ let v = <a>; apply(&v, <f!v=a>); v };visit(<a>, |v, inout out| { if out.len() < 5 { out.push(<i!v=i>); } <c!v=i> })
<g>.map(|v| <i!v=a>);<a>.iter().zip(<a>.iter()).map(|(v, w)| <i!v=i,w=i>).take(4).collect();short(<g>.flatten())
<a>.iter().take_while(|v| <c!v=i>).chain(<a>.iter().skip(1)).take(5).collect();<F>.map(|f| f(<i>) % 1009)
{ let v = <R>; for r in &v { r.add(<i!r=r>); } v.map(|r| r.n) };<a>.flat_map(|v| <a!v=i>).take(4);<h>.xs;(<h>.g)(<a>)
{ let v = <b>; v.step(<i>); v.rows.flatten().take(4) };<Y>.map(|v| v.value());<a>.iter().enumerate().map(|(v, w)| <i!v=i,w=i>).collect()
{ let v = <w>; let d = v; for _ in 0..3 { v.tick(); } v.a = short(v.a + d.n); v.a };{ let v = <n>; for (d, w) in v { if <c!d=i,w=a> { v[d] = short(w + 1); } } v.values().flatten().take(4) }
"""),
    "g": ["[<a>, <a>]", "[<a>; 2]", "few(<g>)", "<g>.map(|v| <a!v=a>)", "[<a!v=i> for v in 0..3]", "<g>.filter(|v| <c!v=a>)",
          "(if <c> { <g> } else { <g> })", "{ let v = <g>; for w in &v { w.push(<i>); bump(&w); } v }", "(<b>).rows", "<n>.values().take(3)",
          "<g>.map(short).filter(|v| v.len() > <i>)", "<a>.chunks(2).take(3)"],
    "z": ["[<s>, <s>]", "<a>.map(|v| <s!v=i>)", "few(<z>)", "<z>.map(|v| <s!v=s>)", "<z>.filter(|v| <c!v=s>)"],
    "r": ["Rec { n: <i>, xs: <a>, s: <s> }", "<r>.mapped(<f>)", "(if <c> { <r> } else { <r> })", "(<b>).r",
          "(match <e> { Event::Deep(v) => <r!v=r>, Event::Number(v) => Rec { n: v, xs: <a!v=i>, s: <s> }, _ => <r> })",
          "{ let v = <r>; let w = v; w.add(<i!v=r>); v.s = cut(w.s + v.s); if <c!v=r,w=r> { v } else { w } }",
          "<R>.first().unwrap_or(<r>)", "{ let v = <r>; v.xs.push(<i>); v.xs = short(v.xs); v }"],
    "R": ["[<r>, <r>]", "few(<R>)", "<R>.map(|v| <r!v=r>)", "[<r!v=i> for v in 0..2]", "<R>.filter(|v| <c!v=r>)", "(<b>).rs"],
    "t": ["leaf()", "Tree::One(<i>)", "Tree::Node(<t>, <i>, <t>)", "insert(<t>, <i>)", "trim(<t>, 2)", "mapped(<t>, |v| <i!v=i>)",
          "(if <c> { <t> } else { <t> })", "<a>.fold(leaf(), |v, w| insert(v, w))",
          "(match <t> { Tree::Node(v, w, d) => Tree::Node(d, w, v), Tree::One(v) if <c!v=i> => <t!v=i>, v => v })",
          "(match <t> { Tree::Node(Tree::Node(v, w, Tree::Leaf), d, Tree::One(e)) => Tree::Node(v, d - e, Tree::One(w)), v => <t!v=t> })"],
    "l": ["List::Nil", "List::Cons(<s>, <l>)", "List::Wide(<a>, <l>)", "ends(<l>, 3)", "(if <c> { <l> } else { <l> })",
          "<z>.fold(List::Nil, |v, w| List::Cons(w, v))",
          "(match <l> { List::Cons(v, List::Wide(w, d)) => List::Wide(w, List::Cons(v, d)), List::Wide(v, w) => <l!v=a,w=l>, v => v })"],
    "e": ["Event::Stop", "Event::Number(<i>)", "Event::Text(<s>)", "Event::Many(<a>)", "Event::Pair { left: <a>, right: <s> }",
          "Event::Deep(<r>)", "Event::Again(<e>)", "calm(<e>, 2)", "(if <c> { <e> } else { <e> })", "{ let v = <e>; grow(&v, <i!v=e>); v }",
          "(match <e> { Event::Pair { left, right } if <c!left=a> => Event::Pair { left: <a!left=a,right=s>, right }, Event::Again(v) => v, Event::Many(v) => Event::Again(Event::Many(v)), v => v })",
          "<E>.first().unwrap_or(<e>)"],
    "E": ["[<e>, <e>]", "few(<E>)", "<E>.map(|v| <e!v=e>)", "<E>.filter(|v| <c!v=e>)", "<a>.map(Event::Number)", "<g>.map(Event::Many)",
          "[<e!v=i> for v in 0..2]"],
    "b": ["Big { r: <r>, rows: <g>, m: <m>, t: <t>, o: <p>, e: <e>, u: <u>, rs: <R> }", "{ let v = <b>; v.step(<i>); v }",
          "{ let v = <b>; let d = v; d.step(<i>); if <c> { v } else { d } }", "(if <c> { <b> } else { <b> })"],
    "h": ["Held { f: <f>, xs: <a>, g: <k> }", "{ let v = <h>; v.xs = <a!v=h>; v }", "{ let v = <h>; Held { f: compose(v.f, <f>), xs: v.xs, g: v.g } }",
          "(if <c> { <h> } else { <h> })"],
    "f": ["|v| <i!v=i>", "|v| { let w = <i!v=i>; (v + w) % 1009 }", "compose(<f>, <f>)", "counter(<i>)", "pick_fn(<F>, <i>)",
          "(if <c> { <f> } else { <f> })", "<h>.f",
          "|v| { let t = 0; for w in 0..3 { if <c!v=i,w=i,t=i> { continue; } t = (t + <i!v=i,w=i>) % 1009; } t }"],
    "F": ["[<f>, <f>]", "few(<F>)", "<a>.map(counter)", "<F>.map(|f| compose(f, <f>))", "[<f!w=i> for w in 0..2]"],
    "k": ["|v: [i64]| <a!v=a>", "short", "|v: [i64]| { let w = v; w.push(<i!v=a>); w }", "<h>.g", "(if <c> { <k> } else { <k> })"],
    "y": ["(<r> as any Thing)", "(Tally { count: <i> } as any Thing)", "{ let v = <y>; let w = v; v.change(<i>); if <c> { v } else { w } }",
          "(if <c> { <y> } else { <y> })", "<Y>.first().unwrap_or(<y>)"],
    "Y": ["[<y>, <y>]", "few(<Y>)", "{ let v = <Y>; for w in &v { w.change(<i>); } v }", "<R>.map(|v| v as any Thing)"],
    "o": ["some(<i>)", "half(<i>)", "<a>.first()", "<a>.find(|v| <c!v=i>)", "<o>.map(|v| <i!v=i>)", "<m>.get(<i>)", "<a>.max()",
          "<o>.and_then(|v| half(<i!v=i>))", "<o>.filter(|v| <c!v=i>)", "nothing()", "<a>.iter().map(|v| <i!v=i>).find(|v| <c!v=i>)"],
    "p": ["some(<a>)", "<p>.map(|v| <a!v=a>)", "<g>.first()", "<g>.find(|v| <c!v=a>)", "<o>.map(|v| <a!v=i>)", "(<b>).o", "no_array()", "<n>.get(<i>)"],
    "q": ["positive(<i>)", "good(<i>)", "bad(<s>)", "<q>.map(|v| <i!v=i>)"],
    "u": ["(<i>, <a>)", "(if <c> { <u> } else { <u> })", "{ let (v, w) = <u>; w.push(v); (<i!v=i,w=a>, w) }", "(<b>).u", "<U>.first().unwrap_or(<u>)"],
    "U": ["[<u>, <u>]", "few(<U>)", "<g>.enumerate()", "<U>.map(|(v, w)| (<i!v=i,w=a>, w))", "<U>.filter(|(v, w)| <c!v=i,w=a>)"],
    "m": ["Map::from([(<i>, <i>), (<i>, <i>)])", "<m>.map_values(|v| <i!v=i>)", "<a>.tally()", "{ let v = <m>; v[<i>] = <i!v=m>; v }",
          "<m>.filter(|v, w| <c!v=i,w=i>)", "(<b>).m", "{ let v = <m>; for (d, w) in v { if <c!d=i,w=i> { v[d] += <i!v=m>; } } v }"],
    "n": ["Map::from([(<i>, <a>), (<i>, <a>)])", "<a>.group_by(|v| <i!v=i> % 3)", "{ let v = <n>; v.get_or_insert(<i>, <a>).push(<i>); v }",
          "<m>.map_values(|v| <a!v=i>)", "{ let v = <n>; let w = v; for d in w.keys() { v[d].push(<i!d=i>); } if <c> { v } else { w } }"],
    "x": ["three(<i>, <i>, <i>)", "(if <c> { <x> } else { <x> })", "{ let v = <x>; v[at(<i>, 3)] = <i!v=x>; v }"],
    "w": ["Wide { x: <x>, a: <a>, b: <a>, n: <i> }", "{ let v = <w>; let d = v; v.tick(); if <c!v=w,d=w> { v } else { d } }", "(if <c> { <w> } else { <w> })"],
}  # fmt: skip
"""How an expression of each kind (`c` is a condition) may be written."""

SIMPLE = {
    "c": "true", "i": "3", "s": '"ab"', "a": "[4, 1]", "g": "[[1], [2, 5]]", "z": '["x", "yz"]', "r": 'Rec { n: 2, xs: [6], s: "r" }',
    "R": '[Rec { n: 1, xs: [2, 3], s: "" }]', "t": "Tree::Node(Tree::One(2), 1, Tree::Leaf)", "l": 'List::Cons("c", List::Nil)',
    "e": "Event::Many([1, 2])", "E": "[Event::Number(2), Event::Stop]", "f": "|v| v + 2", "F": "[|v| v * 2]", "k": "|v: [i64]| short(v)",
    "y": "(Tally { count: 3 } as any Thing)", "Y": '[Rec { n: 5, xs: [], s: "y" } as any Thing, Tally { count: 1 } as any Thing]',
    "o": "half(6)", "p": "some([9])", "q": "positive(4)", "u": "(2, [7, 8])", "U": "[(1, [2]), (3, [4, 5])]", "m": "Map::from([(1, 2), (3, 4)])",
    "n": "Map::from([(1, [5]), (2, [])])", "x": "three(1, 2, 3)", "w": "Wide { x: [1, 2, 3], a: [1, 2], b: [], n: 5 }",
    "h": "Held { f: |v| v + 1, xs: [2, 3], g: |v: [i64]| short(v) }",
}  # fmt: skip
_BIG_FIELDS = [("r", "r"), ("rows", "g"), ("m", "m"), ("t", "t"), ("o", "p"), ("e", "e"), ("u", "u"), ("rs", "R")]
SIMPLE["b"] = "Big { " + ", ".join(f"{name}: {SIMPLE[kind]}" for name, kind in _BIG_FIELDS) + " }"

KEEP = {"i": "({}) % 1009", "s": "cut({})", "a": "short({})", "g": "few({})", "z": "few({})", "R": "few({})", "t": "trim({}, 2)",
        "l": "ends({}, 3)", "e": "calm({}, 2)", "E": "few({})", "F": "few({})", "Y": "few({})", "U": "few({})"}  # fmt: skip
"""How a value is cut before it is stored."""

PARTS = {
    "r": [(".n", "i"), (".xs", "a"), (".s", "s")],
    "b": [(".r", "r"), (".rows", "g"), (".m", "m"), (".t", "t"), (".o", "p"), (".e", "e"), (".u", "u"), (".rs", "R")],
    "h": [(".f", "f"), (".xs", "a"), (".g", "k")],
    "u": [(".0", "i"), (".1", "a")],
    "w": [(".x", "x"), (".a", "a"), (".b", "a"), (".n", "i")],
}
ELEMENTS = {"a": "i", "g": "a", "z": "s", "R": "r", "E": "e", "F": "f", "Y": "y", "U": "u", "x": "i"}
ENTRIES = {"m": "i", "n": "a"}
