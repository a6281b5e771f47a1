package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class SourceComponentTest {
  private final Map<String, Object> registered = new HashMap<>();
  private FrameSource service;

  @Test
  void aConfigurationBecomesAServiceThatIsCalledByItsName() {
    SourceComponent component =
        new SourceComponent(
            context(),
            configuration(Map.of("name", "camera0")),
            new MediaSources(new WaitingClock()));
    assertThat(registered).containsExactlyEntriesOf(Map.of("dmabuf.source", "camera0"));
    assertThat(service.info().name()).isEqualTo("camera0");
    TestFrame frame = TestFrame.of(service.info());
    service.delivered(service.read(frame.target()).orElseThrow());
    assertThat(service.position()).isEqualTo(1);
    assertThat(service.dropped()).isZero();
    FrameSource gone = service;
    component.close();
    assertThat(registered).isEmpty();
    Failing.with(Errno.ENODEV, () -> gone.read(frame.target()));
  }

  @Test
  void everyKeyIsHeeded() {
    SourceRequest request =
        SourceComponent.request(
            configuration(
                Map.of(
                    "name",
                    "a",
                    "location",
                    "/tmp/x",
                    "width",
                    320,
                    "height",
                    240,
                    "format",
                    "422P",
                    "loop",
                    true,
                    "rate",
                    "30000/1001",
                    "live",
                    true)));
    assertThat(request)
        .isEqualTo(
            SourceRequest.of("/tmp/x")
                .withSize(320, 240)
                .withFormat(PixelFormat.YUV422)
                .withLoop(true)
                .withLive(true)
                .withRate(30_000, 1001));
    assertThat(SourceComponent.request(configuration(Map.of("name", "a", "rate", "25"))))
        .isEqualTo(SourceRequest.of("pattern").withRate(25, 1));
  }

  @Test
  void badConfigurationsAreRefusedAndNothingIsRegistered() {
    refused(Map.of("name", " "), "needs a name");
    refused(Map.of("name", "a", "rate", "fast"), "rate of 'fast'");
    refused(Map.of("name", "a", "format", "XYZ1"), "not known");
    refused(Map.of("name", "a", "width", 100_000, "height", 100_000), "100000x100000");
    refused(Map.of("name", "a", "width", 100), "alone");
    assertThat(registered).isEmpty();
  }

  private void refused(Map<String, Object> keys, String why) {
    Failing.with(
            Errno.EINVAL,
            () ->
                new SourceComponent(
                    context(), configuration(keys), new MediaSources(new WaitingClock())))
        .hasMessageContaining(why);
  }

  private static SourceConfiguration configuration(Map<String, Object> keys) {
    return (SourceConfiguration)
        Proxy.newProxyInstance(
            SourceConfiguration.class.getClassLoader(),
            new Class<?>[] {SourceConfiguration.class, Annotation.class},
            (proxy, method, arguments) ->
                keys.getOrDefault(method.getName(), method.getDefaultValue()));
  }

  private BundleContext context() {
    ServiceRegistration<?> registration =
        (ServiceRegistration<?>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistration.class},
                (proxy, method, arguments) -> {
                  assertThat(method.getName()).isEqualTo("unregister");
                  registered.clear();
                  return null;
                });
    return (BundleContext)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("registerService");
              service = (FrameSource) arguments[1];
              Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[2];
              registered.put(FrameSource.NAME, properties.get(FrameSource.NAME));
              return registration;
            });
  }
}
