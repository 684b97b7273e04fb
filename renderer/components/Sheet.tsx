import { type ReactNode, useEffect, useRef } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { holdTouches } from '../touch/install.js';
import { ModeWords } from './ModeWords.js';

/** A sheet from the lower edge. Focus stays inside; Esc closes; focus then returns to where it came from. */
export function Sheet({
  title,
  onClose,
  children,
  aside,
  className = '',
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly aside?: ReactNode;
  readonly className?: string;
}) {
  const dialog = useRef<HTMLElement>(null);
  useEffect(holdTouches, []);
  useEffect(() => keepFocus(dialog.current!), []);
  return (
    <ModalOverlay isOpen className="overlay" onOpenChange={(open) => open || onClose()}>
      <Modal className={`sheet ${className}`}>
        <Dialog className="dialog" ref={dialog}>
          <div className="sheet-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <ModeWords />
            {aside}
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/**
 * A key that was switched off and then goes with its step takes the focus with it, unnoticed by the focus scope; Esc and
 * keys work from inside only. The first control has it then, as when the scope sees a loss.
 */
function keepFocus(dialog: HTMLElement): () => void {
  let frame = 0;
  const isLost = () => document.activeElement === document.body;
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    // After the scope, and after what asks for the focus itself.
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        if (isLost()) (dialog.querySelector<HTMLElement>('button:enabled, input:enabled') ?? dialog).focus();
      });
    });
  });
  observer.observe(dialog, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}
