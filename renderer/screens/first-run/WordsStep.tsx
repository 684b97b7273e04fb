import { text } from '../../messages/i18n.js';

export function WordsStep({ words }: { readonly words: readonly string[] }) {
  return (
    <>
      <p>{text('setup.words.body')}</p>
      <ol className="recovery" aria-label={text('setup.words')} data-count={words.length}>
        {words.map((word, index) => (
          <li key={index}>{word}</li>
        ))}
      </ol>
    </>
  );
}
