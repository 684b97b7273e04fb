import { type ReactNode, useEffect } from 'react';
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
  useEffect(holdTouches, []);
  return (
    <ModalOverlay isOpen className="overlay" onOpenChange={(open) => open || onClose()}>
      <Modal className={`sheet ${className}`}>
        <Dialog className="dialog">
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
