package org.dmabuf.shell;

import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.debug.Leak;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code leaks}. Thread-safe. */
@Component(
    service = LeaksCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=leaks"})
public final class LeaksCommand {
  private final DmaBufRegistry registry;

  /** Looks at the leaks when it is asked. */
  @Activate
  public LeaksCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /**
   * Returns what was taken and not given back.
   *
   * @param places whether to show all callers, and not the first only
   */
  @Descriptor("what bundles took and never gave back, and where; see 'leaks' of the configuration")
  public String leaks(
      @Descriptor("all callers, not the first only")
          @Parameter(
              names = {"-p", "--places"},
              presentValue = "true",
              absentValue = "false")
          boolean places) {
    TextTable table = new TextTable("KIND", "COUNT", "CLIENT", "FIRST", "HELD FOR", "HOW");
    for (Leak leak : registry.leaks()) {
      table.row(
          leak.kind(),
          leak.count(),
          leak.client(),
          leak.what(),
          Units.nanos(leak.ageNanos()),
          leak.cause());
      leak.acquired().stream()
          .limit(places ? Long.MAX_VALUE : 1)
          .forEach(place -> table.detail("at " + place));
    }
    return table.textOr("No leak was found.");
  }
}
