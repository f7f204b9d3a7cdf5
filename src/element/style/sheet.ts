import { COLOUR_RULES } from './colours.js';

/** One style sheet for all elements: most of it is shared. Directions are logical, so that it turns round by itself. */
export const SHEET: string = `${COLOUR_RULES}
:host{
	display:block;
	color:var(--_text);
	font:var(--oss-upload-font,inherit);
	line-height:1.4;
	font-variant-numeric:tabular-nums;
	-webkit-text-size-adjust:100%;
}
:host([hidden]),[hidden]{display:none!important}
:host(oss-upload-button){display:inline-block}
:host(oss-upload-list){container-type:inline-size}
*,::before,::after{box-sizing:border-box}
h2,p,ul,dl,dd{margin:0;padding:0}
h2{font-size:1em}
:focus-visible{outline:3px solid var(--_accent);outline-offset:2px}
[tabindex="-1"]:focus{outline:none}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.quiet{color:var(--_quiet);font-size:.875em}

button,:where(a.icon){
	display:inline-flex;align-items:center;justify-content:center;
	min-height:2.25rem;padding:.3rem .8rem;
	border:1px solid var(--_line);border-radius:var(--oss-upload-radius,.5rem);
	background:var(--_surface);color:var(--_text);
	font:inherit;font-size:.9375em;font-weight:550;white-space:nowrap;cursor:pointer;
}
button:hover,a.icon:hover{border-color:var(--_accent)}
button.primary{border-color:var(--_accent);background:var(--_accent);color:var(--_on-accent)}
button:disabled,button[aria-disabled]{cursor:default;border-color:var(--_line);color:var(--_quiet);background:transparent;opacity:.75}
.icon{width:2.25rem;padding:0;border-color:transparent;background:none;color:var(--_quiet)}
.icon[aria-disabled]{border-color:transparent}
.icon:hover{color:var(--_text)}
.icon.pressed{color:var(--_good)}
.icon span{display:contents}
svg{width:1.125rem;height:1.125rem;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
[aria-expanded=true] svg{transform:rotate(180deg)}

.zone{
	display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:.5rem .75rem;
	padding:var(--oss-upload-padding,1rem);
	border:2px dashed var(--_line);border-radius:var(--oss-upload-radius,.5rem);
	background:var(--_surface);
}
:host([data-dragover]) .zone{border-color:var(--_accent);border-style:solid}
.zone.off{opacity:.75}
.zone.plain{justify-content:flex-start;padding:0;border:0;background:none}
.veil{
	position:fixed;inset:0;z-index:2147483647;display:grid;place-items:center;
	border:4px solid var(--_accent);background:var(--_surface);opacity:.94;
	font-size:1.5rem;font-weight:600;pointer-events:none;
}
.pickers{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;justify-content:center}

section,.total{margin-block-start:1rem}
.list{
	max-height:var(--oss-upload-list-height,28rem);margin-block-start:.5rem;
	overflow-y:auto;overflow-anchor:none;
	border:1px solid var(--_line);border-radius:var(--oss-upload-radius,.5rem);background:var(--_surface);
}
.list.pending-list{max-height:18rem}
ul{position:relative;list-style:none}
.empty{padding:1rem;text-align:center}
.title{display:flex;gap:.75rem;align-items:center;justify-content:space-between;min-height:2.25rem}
.name{min-width:0;overflow:hidden;font-weight:550;text-overflow:ellipsis;white-space:nowrap}
.state{min-width:0;color:var(--_quiet);font-size:.875em;overflow-wrap:break-word}
.note,.note:focus{color:var(--_bad)}

.row,.total{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 1rem;align-items:center}
.row{padding-block:.45rem;padding-inline:.875rem .375rem;background:var(--_surface)}
/* The first one too: rows that are equally high may be counted before they are drawn. */
.row{border-block-start:1px solid var(--_line)}
.row:first-child{border-color:transparent}
.row.parked{position:absolute;inset-inline:0}
.main{
	display:grid;grid-template:"name bytes" minmax(1.4em,auto) "bar bar" auto "state pace" minmax(1.3em,auto)/minmax(0,1fr) auto;
	gap:.2rem .75rem;align-items:baseline;min-width:0;
}
.main .name{grid-area:name}
.bytes{grid-area:bytes}
.bar{grid-area:bar}
.main .state{grid-area:state}
.pace{grid-area:pace}
/* In the direction of the words, at the side that the page's own says. */
.name,.state,.bytes,.pace,h2{unicode-bidi:plaintext;max-width:100%}
.main :is(.name,.state){justify-self:start}
.main :is(.bytes,.pace){justify-self:end}
.bar{height:.25rem;overflow:hidden;border-radius:1rem;background:var(--_track);forced-color-adjust:none}
.fill{height:100%;border-radius:inherit;background:var(--_accent);transition:inline-size .2s linear}
.actions{display:flex;justify-content:flex-end;width:7rem}
.actions.wide{width:auto;align-items:center}
.actions.wide>button{min-width:5.5rem}
.slot{display:flex;justify-content:center;width:2.25rem}
.undoable .slot{width:0}
.undoable .slot:first-child{width:100%;justify-content:flex-end}
.all{display:flex;flex-wrap:wrap;gap:.5rem}

[data-state=uploading] .state,[data-state=checking] .state,[data-state=completing] .state{color:var(--_accent)}
[data-state=done] .state{color:var(--_good)}
[data-state=failed] .state,[data-state=refused] .state{color:var(--_bad)}
[data-state=paused] .state,[data-state=offline] .state,[data-state=stopped] .state{color:var(--_wait)}
[data-state=done] .state::before{content:"✓ "/""}
[data-state=failed] .state::before,[data-state=refused] .state::before{content:"✕ "/""}
[data-state=done] .fill{background:var(--_good)}
[data-state=failed] .fill{background:var(--_bad)}
[data-state=paused] .fill,[data-state=stopped] .fill,[data-state=interrupted] .fill,[data-state=offline] .fill{background:var(--_wait)}
[data-state=aborted] .bar,[data-state=refused] .bar{visibility:hidden}
[data-state=aborted] .name{color:var(--_quiet);text-decoration:line-through}

.details{grid-column:1/-1;display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem;padding-block:.75rem .5rem;padding-inline:0 .5rem;min-width:0}
.parts canvas{display:block}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin-block-start:.4rem;color:var(--_quiet);font-size:.8125em}
.legend span:not(b+span){display:inline-flex;gap:.35rem;align-items:center}
.legend b{color:var(--_text)}
.facts{display:grid;gap:.2rem .75rem;font-size:.8125em}
.facts>div{display:grid;grid-template-columns:minmax(6rem,9rem) minmax(0,1fr);gap:.75rem}
.facts dt{color:var(--_quiet)}
.facts a{color:var(--_accent)}
.facts dd{overflow-wrap:anywhere;white-space:pre-line}

@container (max-width:34rem){
	.total{grid-template-columns:minmax(0,1fr);gap:.5rem}
	.total .main{grid-template-areas:"name name" "bar bar" "pace bytes"}
	.total .main .pace{justify-self:start}
	.row{column-gap:.25rem;padding-inline:.625rem .25rem}
	.row .main{grid-template-areas:"name name" "bar bar" "state bytes";column-gap:.5rem}
	.row:is([data-state=failed],[data-state=refused]) .main{grid-template-areas:"name name" "bar bar" "state state"}
	.row .pace,.row:is([data-state=failed],[data-state=refused],[data-state=interrupted]) .bytes{display:none}
	.row :is(.state,.bytes){font-size:.8125em}
	.actions{width:6rem}
	.slot,.icon{width:2rem}
	.all{gap:.375rem}
	.all button{flex:1 1 auto;padding-inline:.25rem;font-size:.8125em}
	.facts>div{grid-template-columns:5.5rem minmax(0,1fr)}
}
@media (prefers-reduced-motion:reduce){.fill{transition:none}}
@media (forced-colors:active){.bar{border:1px solid CanvasText}.fill{background:Highlight!important}}
`;
