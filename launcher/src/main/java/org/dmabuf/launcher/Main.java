package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of {@code ./dmabuf}. */
@Command(
    name = "dmabuf",
    description = "Buffers of memory that drivers share without copying.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.ManifestVersion.class,
    synopsisSubcommandLabel = "COMMAND")
final class Main {
  private Main() {}

  /** Runs a command and ends the JVM with its status; nothing else in the launcher does. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, charset());
    PrintWriter err = new PrintWriter(System.err, true, charset());
    int status = run(productsFolder(), out, err, args);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /**
   * Runs a command.
   *
   * @param products the folder with the products
   * @return the exit status
   */
  static int run(Path products, PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(new DemoCommand(products, out, err));
    line.addSubcommand(new ShellCommand(products, out, err));
    line.addSubcommand(new BenchCommand(products));
    line.addSubcommand(new ReplayCommand(products, out, err));
    line.addSubcommand(new StormCommand(products, out, err));
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (failure, rejected) -> {
          err.println(sentence(failure.getMessage()));
          return ExitCode.BAD_INPUT.status();
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          err.println(sentence(failure.getMessage()));
          return failure instanceof InputException
              ? ExitCode.BAD_INPUT.status()
              : ExitCode.FAILED.status();
        });
    if (args.length == 0) {
      line.usage(err);
      return ExitCode.BAD_INPUT.status();
    }
    return line.execute(args);
  }

  private static String sentence(String message) {
    String text = String.valueOf(message).replaceAll("\\s*\\R\\s*", " ").strip();
    return text.endsWith(".") ? text : text + ".";
  }

  private static Charset charset() {
    return Charset.forName(System.getProperty("stdout.encoding", "UTF-8"));
  }

  /** The launcher's jar is in {@code PRODUCTS/default/lib}. */
  private static Path productsFolder() {
    try {
      Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return jar.getParent().getParent().getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The launcher does not know where its jar is.", e);
    }
  }

  /** Reads the version from the launcher's jar. */
  static final class ManifestVersion implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"dmabuf " + (version == null ? "(not packed)" : version)};
    }
  }
}
