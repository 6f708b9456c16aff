import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;

/** Validates a PDF with veraPDF's model: `java Validate.java cv.pdf ua1 3a`. Prints each rule that fails. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean passes = true;
        for (int i = 1; i < arguments.length; i++) {
            var flavour = PDFAFlavour.byFlavourId(arguments[i]);
            try (var parser = Foundries.defaultInstance().createParser(new FileInputStream(arguments[0]), flavour);
                    var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                var result = validator.validate(parser);
                passes &= result.isCompliant();
                System.out.printf("%s %s %s%n", arguments[0], flavour, result.isCompliant() ? "passes" : "fails");
                for (var rule : result.getFailedChecks().keySet()) {
                    var failure = result.getTestAssertions().stream().filter(test -> test.getRuleId().equals(rule)).findFirst();
                    System.out.printf("  %s-%d: %s%n", rule.getClause(), rule.getTestNumber(), failure.get().getMessage());
                }
            }
        }
        System.exit(passes ? 0 : 1);
    }
}
