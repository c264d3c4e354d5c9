// Copies the address of the page; where the browser keeps the clipboard closed it says where the address is.
import { useEffect, useState } from "preact/hooks";

interface Texts {
  share: string;
  shared: string;
  notShared: string;
}

export function ShareLink({ texts }: { texts: Texts }) {
  const [said, say] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(""), 6000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    const done = navigator.clipboard ? navigator.clipboard.writeText(location.href) : Promise.reject();
    done.then(() => say(texts.shared), () => say(texts.notShared));
  };
  return (
    <span class="share">
      <span role="status" class="share-said">{said}</span>
      <button type="button" class="quiet" onClick={copy}>{texts.share}</button>
    </span>
  );
}
