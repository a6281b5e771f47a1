package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.video.VideoDevice;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.queue.MemoryType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;

/** The component's life, with a framework of OSGi that only takes down what it is told. */
class CaptureComponentTest {
  private record Config(String device, String source_target, int pitch_align)
      implements CaptureConfig {
    @Override
    public Class<? extends Annotation> annotationType() {
      return CaptureConfig.class;
    }
  }

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry registry = core.open("v4l2");
  private final DmaBufRegistry program = core.open("program");
  private final List<String> log = new ArrayList<>();
  private VideoDevice offered;
  private Map<String, Object> properties;

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  void itOffersTheSubsystemsDeviceWithItsProperties() {
    CaptureComponent component = component(new Config("capture0", null, 64));
    component.start();
    assertThat(offered.getClass().getPackageName()).isEqualTo("org.dmabuf.video");
    assertThat(properties.get("dmabuf.device")).isEqualTo("capture0");
    assertThat(properties.get("dmabuf.role")).isEqualTo("capture");
    assertThat(properties.get("dmabuf.version")).isEqualTo("1.0.7");
    assertThat((String[]) properties.get("dmabuf.formats"))
        .contains("NV12", "YUV420", "YUV422", "YUV444", "XRGB8888", "ARGB8888", "RGB565", "GREY");
    assertThat(ImporterNeeds.of(properties))
        .as("what can be known without asking")
        .isEqualTo(offered.needs());
    assertThat(offered.needs().pitchAlign()).isEqualTo(64);
    assertThat(offered.info().writer()).isEqualTo("v4l2 1.0.7");
    assertThat(offered.info().minSide()).isEqualTo(16);
    assertThat(offered.info().maxSide()).isEqualTo(8192);
    component.stop();
  }

  @Test
  void theDeviceIsUnregisteredAndGoneWhenTheComponentHasStopped() {
    CaptureComponent component = component(new Config("capture0", null, 128));
    component.bindSource(new ConstantSource("bars"));
    component.start();
    V4l2Client file = V4l2Client.open(offered, program.files());
    assertThat(file.setLayout(PixelFormat.GREY, 32, 16, 1).planes().getFirst().pitch())
        .isEqualTo(128);
    assertThat(errnoOf(() -> file.setLayout(PixelFormat.GREY, 16, 16, 1))).isEqualTo(Errno.EINVAL);
    component.stop();
    assertThat(log).containsExactly("registered", "unregistered");
    assertThat(errnoOf(() -> file.requestBuffers(MemoryType.DMABUF, 2))).isEqualTo(Errno.ENODEV);
    assertThat(errnoOf(() -> V4l2Client.open(offered, program.files()))).isEqualTo(Errno.ENODEV);
    assertThat(errnoOf(offered::needs)).isEqualTo(Errno.ENODEV);
    file.close();
    assertThat(program.holdings().files()).isZero();
    assertThat(program.holdings().fences()).isZero();
  }

  @Test
  void aConverterIsOfferedAndGoesLikeACamera() {
    ConverterConfig config = Configured.of(ConverterConfig.class, Map.of("device", "convert0"));
    ConverterComponent component = new ConverterComponent(context(), registry, config);
    component.start();
    assertThat(offered.getClass().getPackageName()).isEqualTo("org.dmabuf.video");
    assertThat(properties.get("dmabuf.device")).isEqualTo("convert0");
    assertThat(properties.get("dmabuf.role")).isEqualTo("converter");
    assertThat(ImporterNeeds.of(properties)).isEqualTo(offered.needs());
    V4l2Client in = V4l2Client.open(offered, program.files());
    V4l2Client out = in.other();
    assertThat(in.setLayout(PixelFormat.NV12, 17, 19, 1).planes().getFirst().pitch()).isEqualTo(64);
    assertThat(out.setLayout(PixelFormat.XRGB8888, 32, 16, 1).size()).isEqualTo(32 * 16 * 4);
    component.stop();
    assertThat(log).containsExactly("registered", "unregistered");
    assertThat(errnoOf(() -> in.requestBuffers(MemoryType.DMABUF, 2))).isEqualTo(Errno.ENODEV);
    assertThat(errnoOf(() -> V4l2Client.open(offered, program.files()))).isEqualTo(Errno.ENODEV);
    assertThat(errnoOf(offered::needs)).isEqualTo(Errno.ENODEV);
    in.close();
    assertThat(program.holdings().files()).isZero();
    ConverterConfig nameless = Configured.of(ConverterConfig.class, Map.of("device", ""));
    assertThat(errnoOf(() -> new ConverterComponent(context(), registry, nameless)))
        .isEqualTo(Errno.EINVAL);
  }

  @Test
  void aConfigurationThatDoesNotWorkIsRefusedByName() {
    assertThat(errnoOf(() -> component(new Config(null, null, 64)))).isEqualTo(Errno.EINVAL);
    DmaBufException odd =
        catchThrowableOfType(
            DmaBufException.class, () -> component(new Config("capture0", null, 48)));
    assertThat(odd.errno()).isEqualTo(Errno.EINVAL);
    assertThat(odd).hasMessageContaining("48");
  }

  private static Errno errnoOf(Runnable call) {
    return catchThrowableOfType(DmaBufException.class, call::run).errno();
  }

  private CaptureComponent component(CaptureConfig config) {
    return new CaptureComponent(context(), registry, config);
  }

  private BundleContext context() {
    Bundle bundle =
        proxy(
            Bundle.class,
            (method, args) -> method.equals("getVersion") ? new Version("1.0.7") : null);
    ServiceRegistration<?> registration =
        proxy(
            ServiceRegistration.class,
            (method, args) -> {
              log.add(method + "ed");
              return null;
            });
    return proxy(
        BundleContext.class,
        (method, args) -> {
          if (method.equals("getBundle")) {
            return bundle;
          }
          log.add("registered");
          offered = (VideoDevice) args[1];
          properties = new HashMap<>();
          Dictionary<?, ?> given = (Dictionary<?, ?>) args[2];
          given
              .keys()
              .asIterator()
              .forEachRemaining(key -> properties.put((String) key, given.get(key)));
          return registration;
        });
  }

  private interface Answer {
    Object to(String method, Object[] args);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> answer.to(method.getName(), args)));
  }
}
