package org.dmabuf.osgi;

import java.time.Duration;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fault.FaultRule;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.Designate;

/** A rule by which calls are struck while its configuration is there. Immutable. */
@Component(
    service = BundleFault.class,
    configurationPid = "org.dmabuf.fault",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = FaultConfig.class, factory = true)
public final class BundleFault {
  private final FaultRule rule;

  /** Reads it. */
  @Activate
  public BundleFault(FaultConfig config) {
    if (config.bundle() == null || config.bundle().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A fault of org.dmabuf.fault names no bundle; a symbolic name or * works");
    }
    this.rule =
        new FaultRule(
            config.bundle(),
            Set.of(config.points()),
            config.kind(),
            config.errno(),
            config.rate(),
            Duration.ofMillis(config.duration_ms()),
            config.seed());
  }

  FaultRule rule() {
    return rule;
  }
}
