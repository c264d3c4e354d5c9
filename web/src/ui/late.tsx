// A page whose code is fetched when it is first opened.
import type { ComponentChild } from "preact";
import { useResource } from "../lib/resource";
import { Failed } from "./states";

type Page<P> = (props: P) => ComponentChild;

// kind: of the box that holds its place meanwhile.
export function late<P extends object>(name: string, fetchCode: () => Promise<Page<P>>, kind = "page is-coming"): Page<P> {
  return (props: P): ComponentChild => {
    const code = useResource(`code?${name}`, fetchCode);
    // After an update of the server its old files are gone: only the page as it is now has the new names.
    if (code.error) return <div class={kind}><Failed error={code.error} retry={() => location.reload()} /></div>;
    if (!code.data) return <div class={kind} aria-busy="true" />;
    const Code = code.data;
    return <Code {...props} />;
  };
}
