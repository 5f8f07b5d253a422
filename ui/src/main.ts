import "@fontsource-variable/inter/index.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/floating.css";

import { mount } from "svelte";

import { connectBackend } from "./api/connect";
import App from "./App.svelte";
import { Desk } from "./state/desk.svelte";

const desk = new Desk(await connectBackend());
void desk.start();

const target = document.getElementById("app");
if (target) mount(App, { target, props: { desk } });
