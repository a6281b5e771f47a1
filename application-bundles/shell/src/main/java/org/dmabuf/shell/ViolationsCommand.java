package org.dmabuf.shell;

import org.apache.felix.service.command.Descriptor;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.debug.Violation;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code violations}. Thread-safe. */
@Component(
    service = ViolationsCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=violations"})
public final class ViolationsCommand {
  private final DmaBufRegistry registry;

  /** Looks at the violations when it is asked. */
  @Activate
  public ViolationsCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /** Returns the rules that were broken, each with both places. */
  @Descriptor("what drivers do wrong about locks and tables; see 'debug' of the configuration")
  public String violations() {
    TextTable table = new TextTable("RULE", "COUNT", "THREAD", "WHAT");
    for (Violation violation : registry.violations()) {
      table.row(violation.rule(), violation.count(), violation.thread(), violation.what());
      violation.broken().stream().limit(1).forEach(place -> table.detail("broken at " + place));
      violation.lockTaken().stream()
          .limit(1)
          .forEach(place -> table.detail("lock taken at " + place));
    }
    return table.textOr("No rule was broken, as far as is known.");
  }
}
