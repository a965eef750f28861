import type { ReactNode } from "react";
import { CodeBlock } from "@/ui/Copy";
import classes from "./AlertPage.module.css";
import { blocks, splitLinks } from "./model";

function Linked({ text }: { text: string }): ReactNode {
  return splitLinks(text).map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never change places
      <a key={index} href={piece} target="_blank" rel="noreferrer">
        {piece}
      </a>
    ) : (
      piece
    ),
  );
}

/** The details as written: line breaks kept, addresses linked, fenced code set apart. Nothing is run as HTML. */
export function Details({ text }: { text: string }): ReactNode {
  return blocks(text).map((block, index) =>
    block.kind === "code" ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places
      <CodeBlock key={index} code={block.text} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places
      <p key={index} className={classes.text}>
        <Linked text={block.text} />
      </p>
    ),
  );
}
