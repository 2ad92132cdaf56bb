package lab;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.elasticsearch.common.settings.SecureSetting;
import org.elasticsearch.common.settings.SecureString;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/** A token filter that nobody else has, and a secure setting without which it does nothing: what a company's own plugin is like. */
public final class LabWordsPlugin extends Plugin implements AnalysisPlugin {
    private static final Setting<SecureString> MARK = SecureSetting.secureString("lab.words.mark", null);

    private final String mark;

    public LabWordsPlugin(Settings settings) {
        // The keystore is open only while the node starts.
        this.mark = MARK.get(settings).toString();
    }

    @Override
    public List<Setting<?>> getSettings() {
        return Collections.singletonList(MARK);
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Collections.singletonMap("lab_backwards", (index, environment, name, settings) -> new TokenFilterFactory() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TokenStream create(TokenStream words) {
                if (mark.isEmpty()) throw new IllegalStateException("lab.words.mark is not in the keystore");
                return new Backwards(words);
            }
        });
    }

    /** Each word with its letters the other way round. */
    private static final class Backwards extends TokenFilter {
        private final CharTermAttribute word = addAttribute(CharTermAttribute.class);

        Backwards(TokenStream words) {
            super(words);
        }

        @Override
        public boolean incrementToken() throws IOException {
            if (!input.incrementToken()) return false;
            char[] letters = Arrays.copyOf(word.buffer(), word.length());
            for (int i = 0; i < letters.length; i++) word.buffer()[i] = letters[letters.length - 1 - i];
            return true;
        }
    }
}
