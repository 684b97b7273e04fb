import type { DriverRow } from '@onebox/gateway/api.js';
import { useEffect, useState } from 'react';
import { text } from '../messages/i18n.js';
import { useSession } from '../state/app.js';
import { Button } from './Button.js';
import { Sheet } from './Sheet.js';
import { type Column, Table } from './Table.js';

/** More would fill the row: such a driver reads whatever speaks its protocol. */
const MANY = 8;

const classes = ({ deviceClasses }: DriverRow): string =>
  deviceClasses.length > MANY
    ? text('drivers.all')
    : deviceClasses.map((deviceClass) => text(`class.${deviceClass}`)).join(', ');

const columns = (): readonly Column<DriverRow>[] => [
  { id: 'id', title: text('drivers.id'), heading: true, cell: ({ id }) => id },
  { id: 'version', title: text('drivers.version'), cell: ({ version }) => version },
  { id: 'classes', title: text('drivers.devices'), cell: classes },
  {
    id: 'transport',
    title: text('drivers.transport'),
    cell: ({ transport }) => transport.map((one) => text(`drivers.transport.${one}`)).join(', '),
  },
  { id: 'signed', title: text('drivers.signed'), cell: signers },
  { id: 'state', title: text('drivers.state'), cell: state },
  { id: 'tier', title: text('drivers.tier'), cell: ({ tier }) => text(`drivers.tier.${tier ?? 'none'}`) },
  {
    id: 'authorisation',
    title: text('drivers.authorisation'),
    cell: ({ authorisation }) => text(`drivers.authorisation.${authorisation ?? 'none'}`),
  },
];

/** Vendor and reviewer of a package; what came with the application is held by its signature. */
function signers({ signedBy, refused }: DriverRow): string {
  if (signedBy === 'nobody') return text('drivers.signed.nobody');
  if (signedBy) return text('drivers.signed.both', signedBy);
  return text(refused?.blocked ? 'drivers.signed.unknown' : 'drivers.signed.application');
}

/** What runs; what does not, and the number of why. */
function state({ refused }: DriverRow): string {
  if (!refused) return text('drivers.state.active');
  const { version, code } = refused;
  return text(refused.blocked ? 'drivers.state.blocked' : 'drivers.state.other', { version, code: `OB-${code}` });
}

/** The drivers of this tablet. */
export function DriversSheet({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const [drivers, setDrivers] = useState<readonly DriverRow[]>();
  useEffect(() => {
    void session.run('drivers').then(setDrivers);
  }, [session]);
  return (
    <Sheet title={text('drivers.title')} onClose={onClose}>
      {drivers ? (
        <Table
          label={text('drivers.title')}
          columns={columns()}
          rows={drivers}
          rowKey={({ id }) => id}
          empty={text('drivers.empty')}
        />
      ) : null}
      <div className="sheet-actions">
        <Button onPress={onClose}>{text('action.close')}</Button>
      </div>
    </Sheet>
  );
}
