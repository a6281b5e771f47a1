package org.dmabuf.media;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceRequest;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured source as a service. It is registered by hand, because its property {@link
 * FrameSource#NAME} comes from another key of the configuration.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = SourceComponent.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.dmabuf.video.FrameSource\"")
@Designate(ocd = SourceConfiguration.class, factory = true)
public final class SourceComponent {
  static final String PID = "org.dmabuf.media.source";
  private static final Logger LOG = LoggerFactory.getLogger(SourceComponent.class);

  private final OpenFrameSource source;
  private final ServiceRegistration<FrameSource> registration;

  /**
   * Opens the source and registers it.
   *
   * @throws org.dmabuf.DmaBufException as {@link FrameSourceFactory#open}; there is no service then
   */
  @Activate
  public SourceComponent(
      BundleContext context,
      SourceConfiguration configuration,
      @Reference FrameSourceFactory factory) {
    if (configuration.name() == null || configuration.name().isBlank()) {
      throw Limits.invalid("A configuration of " + PID + " needs a name");
    }
    source = factory.open(request(configuration));
    FrameSource named = new NamedSource(source, configuration.name());
    registration =
        context.registerService(
            FrameSource.class,
            named,
            FrameworkUtil.asDictionary(Map.of(FrameSource.NAME, configuration.name())));
    LOG.info("Source {}", named.info());
  }

  static SourceRequest request(SourceConfiguration configuration) {
    int[] rate = configuration.rate().isBlank() ? null : rate(configuration);
    String format = configuration.format();
    return new SourceRequest(
        configuration.location(),
        format.isBlank() ? Optional.empty() : Optional.of(PixelFormat.parse(format)),
        side(configuration.width()),
        side(configuration.height()),
        configuration.loop(),
        configuration.live(),
        rate == null ? OptionalInt.empty() : OptionalInt.of(rate[0]),
        rate == null ? 1 : rate[1]);
  }

  private static OptionalInt side(int pixels) {
    return pixels == 0 ? OptionalInt.empty() : OptionalInt.of(pixels);
  }

  private static int[] rate(SourceConfiguration configuration) {
    String[] parts = configuration.rate().strip().split("/", 2);
    try {
      return new int[] {
        Integer.parseInt(parts[0].strip()),
        parts.length == 1 ? 1 : Integer.parseInt(parts[1].strip())
      };
    } catch (NumberFormatException e) {
      throw Limits.invalid(
          "Source '%s' has a rate of '%s'; it should be like 30 or 30000/1001"
              .formatted(configuration.name(), configuration.rate()));
    }
  }

  /** Takes the service away, then closes the source. */
  @Deactivate
  void close() {
    registration.unregister();
    source.close();
  }
}
